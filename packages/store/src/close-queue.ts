import { setTimeout as delay } from "node:timers/promises";
import type { Worker } from "bullmq";
import type { BlockingConnection } from "./connect.ts";

/** A job in hand takes as long as a claim. */
const CLOSE_PATIENCE_MS = 3_000;
const LOOK_EVERY_MS = 10;

async function atMostFor(patienceMs: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work, delay(patienceMs, undefined, { signal: done.signal }).catch(() => undefined)]);
  done.abort();
}

/** Resolves when a worker that takes nothing more has no job in hand, which BullMQ does not tell by an event. */
async function untilIdle(worker: Pick<Worker, "isRunning">, signal: AbortSignal): Promise<void> {
  while (worker.isRunning() && !signal.aborted) await delay(LOOK_EVERY_MS);
}

/**
 * Closes a queue's worker and its connections. BullMQ waits without end for jobs in hand, and for a Redis that is away, so
 * it is made to stop after a while: all that remains then is the lock of a job, which runs out by itself.
 */
export async function closeQueueWorker(
  worker: Pick<Worker, "pause" | "close" | "isRunning">,
  connection: Pick<BlockingConnection, "end">,
): Promise<void> {
  const closing = new AbortController();
  try {
    // Waits for the jobs in hand. A graceful `close` does too, but could not be cut short afterwards. Then it opens the
    // blocking connection anew, which nobody needs here: that of a Cluster, left while it is being made, may never open.
    await atMostFor(CLOSE_PATIENCE_MS, Promise.race([worker.pause(), untilIdle(worker, closing.signal)]));
  } finally {
    closing.abort();
    await dropQueueWorker(worker, connection);
  }
}

/** Ends a queue's worker and its connections without waiting for the jobs in hand. */
export async function dropQueueWorker(
  worker: Pick<Worker, "close">,
  connection: Pick<BlockingConnection, "end">,
): Promise<void> {
  try {
    await atMostFor(CLOSE_PATIENCE_MS, worker.close(true));
  } finally {
    connection.end();
  }
}
