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

const NO_ORDER: PauseOrder = { order: 0, pausedSinceMs: undefined };

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

  const heardBy = async (partition: number): Promise<PauseOrder> => {
    const [order, since] = await guarded(redis.hmget(keys.partition(partition).pause, "rv", "ps"));
    return { order: Number(order), pausedSinceMs: Number(since) || undefined };
  };

  /** The newest order that any partition has heard of. */
  const heardLast = async (): Promise<PauseOrder> => {
    const heard = await Promise.all((await partitions()).map(heardBy));
    return heard.reduce((newest, one) => (one.order > newest.order ? one : newest), NO_ORDER);
  };

  const tellOf = async (order: PauseOrder, partition: number): Promise<boolean> =>
    (await heardBy(partition)).order < order.order && pausePartition(context, partition, order);

  const tellAllOf = async (order: PauseOrder): Promise<number> => {
    const told = await Promise.all((await partitions()).map((partition) => tellOf(order, partition)));
    return told.filter(Boolean).length;
  };

  /**
   * The last order. Where a Redis that took another one's place has lost it, it is given anew as the partitions have heard
   * it: what an operator ordered last counts, not what the definitions still know.
   */
  const lastOrder = async (): Promise<PauseOrder> => {
    const [order, heard] = await Promise.all([read(), heardLast()]);
    if (heard.order <= order.order) return order;
    return orderPause(redis, keys.definitions, {
      paused: heard.pausedSinceMs !== undefined,
      heard: heard.order,
      nowMs: nowMs?.(),
    });
  };

  return {
    since: async () => (await read()).pausedSinceMs,
    order: async (paused) => {
      // Newer than whatever a partition has heard of, so that each of them follows it.
      const { order: heard } = await heardLast();
      const give = (connection: RedisClient) =>
        orderPause(connection, keys.definitions, { paused, heard, nowMs: nowMs?.() });
      const order = await (durably === undefined ? give(redis) : durably(pause, give));
      // A partition that comes into use after this look finds the order by itself.
      await tellAllOf(order);
      return order.pausedSinceMs;
    },
    tell: async (partition) => tellOf(await read(), partition),
    tellAll: async () => tellAllOf(await lastOrder()),
  };
}
