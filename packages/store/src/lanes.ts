import { Queue, WaitingError, Worker } from "bullmq";
import { batchId } from "@posthorn/core";
import type { BatchId } from "@posthorn/core";
import { closeQueueWorker } from "./close-queue.ts";
import { connectBlocking } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import type { Hint, Lane, OverdueReservation } from "./partition-script.ts";
import { asUnavailable } from "./unavailable.ts";

export const LANES: readonly Lane[] = ["fresh", "retry"];

/** Jobs that the queues keep events of, for whoever looks into them; BullMQ's default of 10,000 costs memory. */
const EVENTS_KEPT = 100;

/** A job says only which batch may be claimed; all else is in the batch's record. */
interface JobData {
  readonly b: string;
  readonly n: number;
  readonly h: number;
}

function jobId({ batch, attempt, hint }: OverdueReservation): string {
  return `${batch}-${attempt}-${hint}`;
}

/** The producers' side of the queues. */
export interface LaneProducer {
  /** Adds jobs. One that is lost on the way is found by its overdue reservation. */
  add(partition: number, hints: readonly Hint[]): Promise<void>;
  /** Of these reservations, the ones whose job no longer exists. */
  withoutJob(partition: number, overdue: readonly OverdueReservation[]): Promise<OverdueReservation[]>;
  /** The clock of Redis was set back: what BullMQ locks for seconds must not be locked until the time is reached again. */
  afterClockJump(partition: number): Promise<void>;
  close(): Promise<void>;
}

export function createLaneProducer(redis: RedisClient, keys: Keys, onError: (error: Error) => void): LaneProducer {
  const queues = new Map<string, Queue>();

  const queue = (partition: number, lane: Lane): Queue => {
    const name = `${partition}:${lane}`;
    let found = queues.get(name);
    if (found === undefined) {
      found = new Queue(lane, {
        connection: redis,
        prefix: keys.partition(partition).queuePrefix,
        skipWaitingForReady: true,
        streams: { events: { maxLen: EVENTS_KEPT } },
        defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
      });
      found.on("error", onError);
      queues.set(name, found);
    }
    return found;
  };

  return {
    add: async (partition, hints) => {
      for (const lane of LANES) {
        const jobs = hints
          .filter((hint) => hint.lane === lane)
          .map((hint) => ({
            name: "attempt",
            data: { b: hint.batch, n: hint.attempt, h: hint.hint } satisfies JobData,
            opts: { jobId: jobId(hint), ...(hint.delayMs > 0 ? { delay: hint.delayMs } : {}) },
          }));
        if (jobs.length === 0) continue;
        try {
          await queue(partition, lane).addBulk(jobs);
        } catch (error) {
          throw asUnavailable(error);
        }
      }
    },
    withoutJob: async (partition, overdue) => {
      const prefix = keys.partition(partition).queuePrefix;
      const exists = await Promise.all(
        overdue.map((reservation) => redis.exists(`${prefix}:${reservation.lane}:${jobId(reservation)}`)),
      );
      return overdue.filter((_, index) => exists[index] === 0);
    },
    afterClockJump: async (partition) => {
      const prefix = keys.partition(partition).queuePrefix;
      // The next look after stalled jobs waits for its end.
      for (const lane of LANES) await redis.del(`${prefix}:${lane}:stalled-check`);
    },
    close: async () => {
      await Promise.allSettled([...queues.values()].map((found) => found.close()));
    },
  };
}

/** What a worker does with a job of a lane. */
export type LaneHandler = (job: {
  readonly partition: number;
  readonly lane: Lane;
  readonly batch: BatchId;
  readonly attempt: number;
  readonly hint: number;
}) => Promise<"taken" | "no-room">;

export interface LaneConsumer {
  /** Ends taking jobs; attempts under way are not the queue's. */
  close(): Promise<void>;
  readonly isRunning: () => boolean;
}

interface ConsumerOptions {
  readonly url: string;
  readonly keys: Keys;
  readonly partition: number;
  readonly lane: Lane;
  readonly onError: (error: Error) => void;
  readonly handle: LaneHandler;
  /** Resolves when the process has room for another attempt of this lane. */
  readonly whenRoom: () => Promise<void>;
}

/** Jobs of one queue that are claimed side by side; each takes only as long as the claim. */
const CLAIMS_AT_ONCE = 8;

/**
 * Takes the jobs of one lane of one partition. A job ends as soon as its batch is claimed: from then on the batch's own
 * lease counts, so that neither a busy event loop nor BullMQ's lock can cause a second POST.
 */
export function consumeLane(options: ConsumerOptions): LaneConsumer {
  const { url, keys, partition, lane, onError, handle, whenRoom } = options;
  const connection = connectBlocking({ url, name: `posthorn-${lane}-${partition}`, onError });
  const worker = new Worker<JobData>(
    lane,
    async (job, token) => {
      const batch = batchId(job.data.b);
      if (batch === undefined) return;
      const { n: attempt, h: hint } = job.data;
      const answer = await handle({ partition, lane, batch, attempt, hint });
      if (answer === "no-room") {
        // Another lane took the last place meanwhile: whoever has room takes the job, in its old place.
        await job.moveToWait(token);
        await whenRoom();
        throw new WaitingError();
      }
      // The next job is fetched when this one ends: not before there is room for it.
      await whenRoom();
    },
    {
      connection,
      prefix: keys.partition(partition).queuePrefix,
      concurrency: CLAIMS_AT_ONCE,
      lockDuration: 8_000,
      stalledInterval: 3_000,
      maxStalledCount: 1_000,
      runRetryDelay: 500,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  );
  worker.on("error", onError);
  return {
    close: () => closeQueueWorker(worker, connection),
    isRunning: () => worker.isRunning(),
  };
}
