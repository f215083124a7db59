import { Queue } from "bullmq";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import type { Hint, Lane, OverdueReservation } from "./partition-script.ts";
import type { QueueTelemetry } from "./queue-telemetry.ts";
import { asUnavailable } from "./unavailable.ts";

export const LANES: readonly Lane[] = ["fresh", "retry"];

/** Jobs that the queues keep events of, for whoever looks into them; BullMQ's default of 10,000 costs memory. */
const EVENTS_KEPT = 100;

/** A job says only which batch may be claimed, and whose it is; all else is in the batch's record. */
export interface JobData {
  /** The webhook; jobs of earlier versions do not tell it. */
  readonly w?: string;
  readonly b: string;
  readonly n: number;
  readonly h: number;
}

function jobId({ batch, attempt, hint }: OverdueReservation): string {
  return `${batch}-${attempt}-${hint}`;
}

/** Some jobs were not added, or at least nobody knows that they were; the others were. */
export class JobsNotAddedError extends Error {
  readonly hints: readonly Hint[];
  constructor(hints: readonly Hint[], cause: unknown) {
    super(`jobs were not added: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "JobsNotAddedError";
    this.hints = hints;
  }
}

/** The producers' side of the queues. */
export interface LaneProducer {
  /**
   * Adds jobs, those of one lane whatever becomes of the other's. Throws `JobsNotAddedError`. One that is lost on the way
   * is found by its overdue reservation.
   */
  add(partition: number, hints: readonly Hint[]): Promise<void>;
  /** Of these reservations, the ones whose job no longer exists. */
  withoutJob(partition: number, overdue: readonly OverdueReservation[]): Promise<OverdueReservation[]>;
  /** The clock of Redis was set back: what BullMQ locks for seconds must not be locked until the time is reached again. */
  afterClockJump(partition: number): Promise<void>;
  /** The queue itself, to look into. */
  queue(partition: number, lane: Lane): Queue;
  close(): Promise<void>;
}

/** A queue with whose it is. */
export interface LaneQueue {
  readonly partition: number;
  readonly lane: Lane;
  readonly queue: Queue;
}

interface LaneProducerDeps {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly onError: (error: Error) => void;
  readonly telemetry?: QueueTelemetry;
}

export function createLaneProducer({ redis, keys, onError, telemetry }: LaneProducerDeps): LaneProducer {
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
        ...(telemetry === undefined ? {} : { telemetry }),
        defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
      });
      found.on("error", onError);
      queues.set(name, found);
    }
    return found;
  };

  /** Adds the jobs of one lane; resolves to what was not added, and why. */
  const addTo = async (
    partition: number,
    lane: Lane,
    all: readonly Hint[],
  ): Promise<{ readonly hints: readonly Hint[]; readonly error: unknown } | undefined> => {
    const hints = all.filter((hint) => hint.lane === lane);
    if (hints.length === 0) return undefined;
    const jobs = hints.map((hint) => ({
      name: "attempt",
      data: { w: hint.webhook, b: hint.batch, n: hint.attempt, h: hint.hint } satisfies JobData,
      opts: { jobId: jobId(hint), ...(hint.delayMs > 0 ? { delay: hint.delayMs } : {}) },
    }));
    const to = queue(partition, lane);
    try {
      await to.addBulk(jobs);
      return undefined;
    } catch (error) {
      // One that was made while Redis was away never becomes ready: the next add makes another one.
      await to.waitUntilReady().catch(() => {
        queues.delete(`${partition}:${lane}`);
        return to.close();
      });
      return { hints, error: asUnavailable(error) };
    }
  };

  return {
    queue,
    add: async (partition, hints) => {
      const added = await Promise.all(LANES.map((lane) => addTo(partition, lane, hints)));
      const lost = added.flatMap((failure) => failure?.hints ?? []);
      if (lost.length > 0) throw new JobsNotAddedError(lost, added.find((failure) => failure !== undefined)?.error);
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

/** Whether jobs of a lane can be taken now. */
export async function jobsWait(
  { redis, keys }: { readonly redis: RedisClient; readonly keys: Keys },
  partition: number,
  lane: Lane,
): Promise<boolean> {
  try {
    return (await redis.exists(`${keys.partition(partition).queuePrefix}:${lane}:wait`)) === 1;
  } catch (error) {
    throw asUnavailable(error);
  }
}
