import type { RedisClient } from "../connect.ts";
import type { DefinitionKeys } from "../keys.ts";
import { script } from "./script.ts";

const run = script("unconfirmed-processes.lua");

/** A process whose last heartbeat is older than this is not waited for. */
const HEARTBEAT_AGE_MAX_MS = 3_000;

/** How many living API processes do not route by `version` yet. */
export async function unconfirmedProcesses(
  redis: RedisClient,
  keys: DefinitionKeys,
  version: number,
  nowMs?: number,
): Promise<number> {
  return Number(await run(redis, [keys.processes, keys.confirmed], [version, HEARTBEAT_AGE_MAX_MS, nowMs ?? ""]));
}
