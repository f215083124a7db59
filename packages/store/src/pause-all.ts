import type { Durably } from "./confirmed-places.ts";
import type { RedisClient } from "./connect.ts";
import type { PartitionContext } from "./partition-script.ts";
import { orderPause } from "./scripts/order-pause.ts";
import type { PauseOrder } from "./scripts/order-pause.ts";
import { pausePartition } from "./scripts/pause-partition.ts";
import { guarded } from "./unavailable.ts";

/**
 * Pauses everything at once. Webhooks and batches keep the pauses that they have for themselves, so that what goes on
 * afterwards is exactly what went before. The order is kept with the definitions; every partition keeps what it was told.
 */
export interface PauseAll {
  /** Since when everything is paused, by the clock of Redis; `undefined` = it is not. */
  since(): Promise<number | undefined>;
  /** Resolves when every partition knows: no attempt starts after a pause. To since when, as above. */
  order(paused: boolean): Promise<number | undefined>;
  /** Tells a partition that does not know of the last order, as one that has just come into use. */
  tell(partition: number): Promise<boolean>;
  /** Tells all of them; called by the workers' sweep. Resolves to how many did not know. */
  tellAll(): Promise<number>;
}

export function createPauseAll({
  context,
  partitions,
  durably,
}: {
  readonly context: PartitionContext;
  readonly partitions: () => Promise<readonly number[]>;
  /** An order is told of when it is as durable as asked for. */
  readonly durably?: Durably;
}): PauseAll {
  const { redis, keys, nowMs } = context;
  const { pause } = keys.definitions;

  const read = async (): Promise<PauseOrder> => {
    const [order, since] = await guarded(redis.hmget(pause, "rv", "at"));
    return { order: Number(order), pausedSinceMs: Number(since) || undefined };
  };

  const heardBy = async (partition: number): Promise<number> =>
    Number(await guarded(redis.hget(keys.partition(partition).pause, "rv")));

  const tellOf = async (order: PauseOrder, partition: number): Promise<boolean> =>
    (await heardBy(partition)) < order.order && pausePartition(context, partition, order);

  const tellAllOf = async (order: PauseOrder): Promise<number> => {
    const told = await Promise.all((await partitions()).map((partition) => tellOf(order, partition)));
    return told.filter(Boolean).length;
  };

  /** The last order; given anew where a Redis that took another one's place has lost one that partitions have heard of. */
  const lastOrder = async (): Promise<PauseOrder> => {
    const order = await read();
    const heard = Math.max(0, ...(await Promise.all((await partitions()).map(heardBy))));
    if (heard <= order.order) return order;
    return orderPause(redis, keys.definitions, {
      paused: order.pausedSinceMs !== undefined,
      heard,
      nowMs: nowMs?.(),
    });
  };

  return {
    since: async () => (await read()).pausedSinceMs,
    order: async (paused) => {
      const give = (connection: RedisClient) =>
        orderPause(connection, keys.definitions, { paused, heard: 0, nowMs: nowMs?.() });
      const order = await (durably === undefined ? give(redis) : durably(pause, give));
      // A partition that comes into use after this look finds the order by itself.
      await tellAllOf(order);
      return order.pausedSinceMs;
    },
    tell: async (partition) => tellOf(await read(), partition),
    tellAll: async () => tellAllOf(await lastOrder()),
  };
}
