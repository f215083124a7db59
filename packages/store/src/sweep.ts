import { Queue, Worker } from "bullmq";
import { closeQueueWorker } from "./close-queue.ts";
import { connectBlocking } from "./connect.ts";
import type { Keys } from "./keys.ts";

/** How often the sweep runs, over all workers together. */
const SWEEP_EVERY_MS = 10_000;

export interface Sweep {
  close(): Promise<void>;
}

/**
 * Runs `sweep` every 10 s in one of all the worker processes: a BullMQ job scheduler picks it, so no leader is elected.
 * What it repairs must be idempotent.
 */
export async function runSweeps(options: {
  readonly url: string;
  readonly keys: Keys;
  readonly sweep: () => Promise<void>;
  readonly onError: (error: Error) => void;
}): Promise<Sweep> {
  const { url, keys, sweep, onError } = options;
  const connection = connectBlocking({ url, name: "posthorn-sweep", onError });
  const prefix = keys.partition(0).queuePrefix;
  const queue = new Queue("sweep", { connection, prefix, streams: { events: { maxLen: 10 } } });
  queue.on("error", onError);
  await queue.upsertJobScheduler(
    "sweep",
    { every: SWEEP_EVERY_MS },
    { name: "sweep", opts: { removeOnComplete: true, removeOnFail: true } },
  );
  const worker = new Worker("sweep", sweep, {
    connection,
    prefix,
    lockDuration: 8_000,
    stalledInterval: 3_000,
    maxStalledCount: 1_000,
  });
  worker.on("error", onError);
  return {
    close: async () => {
      await closeQueueWorker(worker, connection);
      await queue.close();
    },
  };
}
