import type { RedisClient } from "../connect.ts";
import type { DefinitionKeys } from "../keys.ts";
import { script } from "./script.ts";

const run = script("confirm-version.lua");

/** Records the heartbeat of an API process and the version it routes by; resolves to the current version. */
export async function confirmVersion(
  redis: RedisClient,
  keys: DefinitionKeys,
  processId: string,
  version: number,
  nowMs?: number,
): Promise<number> {
  return Number(
    String(await run(redis, [keys.version, keys.processes, keys.confirmed], [processId, version, nowMs ?? ""])),
  );
}
