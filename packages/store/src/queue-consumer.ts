import { Worker } from "bullmq";
import type { Processor, WorkerOptions } from "bullmq";
import { closeQueueWorker, dropQueueWorker } from "./close-queue.ts";
import { connectBlocking } from "./connect.ts";
import type { RedisAddress } from "./redis-address.ts";

/** What takes the jobs of one queue. */
export interface QueueConsumer {
  /** Jobs taken so far. */
  readonly taken: () => number;
  /** Redis has just refused what taking a job needs, as when it is full; that is tried again every few seconds. */
  readonly isRefused: () => boolean;
  readonly isRunning: () => boolean;
  /** Ends taking jobs, when those in hand have ended or after a few seconds. */
  close(): Promise<void>;
  /** Ends it without waiting for anything: it is stuck. */
  drop(): Promise<void>;
}

/** BullMQ took a job from a worker that gave no sign of life, or could not prolong this one's lock of a job. */
export type QueueTrouble = "stalled" | "lock-lost";

interface QueueConsumerOptions<Data> {
  readonly address: RedisAddress;
  readonly queue: string;
  readonly prefix: string;
  /** Of the connection, in Redis' `CLIENT LIST`. */
  readonly name: string;
  readonly process: Processor<Data, void>;
  readonly options?: Partial<WorkerOptions>;
  readonly onError: (error: Error) => void;
  readonly onTrouble?: ((trouble: QueueTrouble) => void) | undefined;
}

/** A job that Redis refuses to hand out is asked for again at once by BullMQ, as fast as Redis can refuse. */
const REST_MS = 1_000;
/** BullMQ asks again when it has waited for five seconds. */
const REFUSAL_KNOWN_MS = 6_000;

/**
 * A BullMQ worker that comes back by itself from what Redis may do to it, and ends in bounded time whatever happens.
 * When Redis answers with an error it rests for a second.
 */
export function consumeQueue<Data>(options: QueueConsumerOptions<Data>): QueueConsumer {
  const { address, queue, prefix, name, process: processJob, onError } = options;
  let taken = 0;
  let isClosing = false;
  let resting: NodeJS.Timeout | undefined;
  let refusedAtMs = -Infinity;

  const report = (error: Error): void => {
    // What has been closed with force complains about it.
    if (!isClosing) onError(error);
  };
  const connection = connectBlocking({ address, name, onError: report });
  const worker = new Worker<Data, void>(
    queue,
    async (job, token) => {
      taken += 1;
      await processJob(job, token);
    },
    {
      connection: connection.client,
      prefix,
      lockDuration: 8_000,
      stalledInterval: 3_000,
      maxStalledCount: 1_000,
      runRetryDelay: 500,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      ...options.options,
    },
  );

  const rest = (): void => {
    if (resting !== undefined || isClosing) return;
    void worker.pause(true);
    resting = setTimeout(() => {
      resting = undefined;
      void worker.resume();
    }, REST_MS);
  };
  worker.on("error", (error) => {
    report(error);
    if (error.name !== "ReplyError") return;
    refusedAtMs = performance.now();
    rest();
  });

  worker.on("stalled", () => options.onTrouble?.("stalled"));
  worker.on("lockRenewalFailed", () => options.onTrouble?.("lock-lost"));

  const stopTaking = (): void => {
    isClosing = true;
    clearTimeout(resting);
  };

  return {
    taken: () => taken,
    isRefused: () => performance.now() - refusedAtMs < REFUSAL_KNOWN_MS,
    isRunning: () => !isClosing && (resting !== undefined || worker.isRunning()),
    close: async () => {
      stopTaking();
      await closeQueueWorker(worker, connection);
    },
    drop: async () => {
      stopTaking();
      await dropQueueWorker(worker, connection);
    },
  };
}
