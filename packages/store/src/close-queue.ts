import { setTimeout as delay } from "node:timers/promises";
import type { Worker } from "bullmq";
import type { RedisClient } from "./connect.ts";

/** A job in hand takes as long as a claim. */
const CLOSE_PATIENCE_MS = 3_000;

/**
 * Closes a queue's worker and its connection. BullMQ waits without end for a Redis that is away, so it is left alone
 * after a while: all that remains then is the lock of a job, which runs out by itself.
 */
export async function closeQueueWorker(worker: Pick<Worker, "close">, connection: RedisClient): Promise<void> {
  const done = new AbortController();
  const late = delay(CLOSE_PATIENCE_MS, undefined, { signal: done.signal }).catch(() => undefined);
  try {
    await Promise.race([worker.close(), late]);
  } finally {
    done.abort();
    connection.disconnect();
  }
}
