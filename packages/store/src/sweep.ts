import { Queue } from "bullmq";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import { consumeQueue } from "./queue-consumer.ts";
import type { QueueConsumer } from "./queue-consumer.ts";
import type { RedisAddress } from "./redis-address.ts";
import { asUnavailable } from "./unavailable.ts";

/** How often the sweep runs, over all workers together. */
const SWEEP_EVERY_MS = 10_000;
/** Three sweeps that did not happen are no accident. */
const LATE_AFTER_MS = 3 * SWEEP_EVERY_MS;

/** What one of all the worker processes does every 10 s: a BullMQ job scheduler picks it, so no leader is elected. */
export interface Sweeps {
  /** From now on this process may be the one that runs `sweep`, which must be idempotent. */
  join(options: {
    readonly sweep: () => Promise<void>;
    readonly onError: (error: Error) => void;
  }): Promise<QueueConsumer>;
  /** None has ended for a while, in any process. Who joins sets them going again. */
  areLate(): Promise<boolean>;
  /** The clock of Redis was set back: what is known of the last sweep must not hold until the time is reached again. */
  afterClockJump(): Promise<void>;
}

export function createSweeps({
  redis,
  address,
  keys,
}: {
  readonly redis: RedisClient;
  readonly address: RedisAddress;
  readonly keys: Keys;
}): Sweeps {
  const prefix = keys.partition(0).queuePrefix;
  const { swept } = keys.definitions;

  const areLate = async (): Promise<boolean> => {
    try {
      return (await redis.exists(swept)) === 0;
    } catch (error) {
      throw asUnavailable(error);
    }
  };

  return {
    join: async ({ sweep, onError }) => {
      const queue = new Queue("sweep", {
        connection: redis,
        prefix,
        skipWaitingForReady: true,
        streams: { events: { maxLen: 10 } },
      });
      queue.on("error", onError);
      try {
        // A scheduler does nothing for ever when its next job was lost, as when Redis was full, and late when that job is
        // due by the clock of a machine that was wrong; either counts as there.
        if (await areLate()) await queue.removeJobScheduler("sweep");
        await queue.upsertJobScheduler(
          "sweep",
          { every: SWEEP_EVERY_MS },
          { name: "sweep", opts: { removeOnComplete: true, removeOnFail: true } },
        );
      } catch (error) {
        throw asUnavailable(error);
      } finally {
        await queue.close();
      }
      return consumeQueue({
        address,
        queue: "sweep",
        prefix,
        name: "posthorn-sweep",
        onError,
        process: async () => {
          await sweep();
          await redis.set(swept, "1", "PX", LATE_AFTER_MS);
        },
      });
    },
    areLate,
    afterClockJump: async () => {
      try {
        await redis.del(swept);
        await redis.del(`${prefix}:sweep:stalled-check`);
      } catch (error) {
        throw asUnavailable(error);
      }
    },
  };
}
