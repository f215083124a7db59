import type { RedisClient } from "../connect.ts";
import type { DefinitionKeys } from "../keys.ts";
import { script } from "./script.ts";

const run = script("note-worker.lua");

/** Records the heartbeat of a worker process. */
export async function noteWorker(
  redis: RedisClient,
  keys: DefinitionKeys,
  processId: string,
  nowMs?: number,
): Promise<void> {
  await run(redis, [keys.workers], [processId, nowMs ?? ""]);
}
