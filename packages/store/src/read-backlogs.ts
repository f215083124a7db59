import type { WebhookId } from "@posthorn/core";
import type { PartitionContext } from "./partition-script.ts";
import { lookAtBacklogs } from "./scripts/look-at-backlogs.ts";
import type { BacklogRow } from "./scripts/look-at-backlogs.ts";
import { asUnavailable } from "./unavailable.ts";

/** What waits, and for whom. */
export interface Backlogs {
  /** The largest first. */
  readonly rows: readonly BacklogRow[];
  /** Of how many more webhooks with a back-log nothing is told, and what these take. */
  readonly untold: { readonly webhooks: number; readonly bytes: number };
  /** How many webhooks have a batch that still collects. */
  readonly openBatches: number;
}

/** Reads what waits; the work grows with the number of webhooks that have a back-log, up to a bound. */
export type ReadBacklogs = () => Promise<Backlogs>;

/** Over all partitions. Beyond that only the bytes count, which cost next to nothing to read. */
const TOLD_MAX = 10_000;
/** About a millisecond of Redis' time; others want something of it between two looks. */
const WEBHOOKS_PER_LOOK = 200;

interface Place {
  readonly partition: number;
  readonly webhook: WebhookId;
  readonly bytes: number;
}

export function createReadBacklogs({
  context,
  partitions,
  toldMax = TOLD_MAX,
}: {
  readonly context: PartitionContext;
  readonly partitions: () => Promise<readonly number[]>;
  readonly toldMax?: number;
}): ReadBacklogs {
  const { redis, keys } = context;

  const listed = async (partition: number): Promise<Place[]> => {
    const flat = await redis.zrevrange(keys.partition(partition).backlogs, 0, -1, "WITHSCORES");
    return Array.from({ length: flat.length / 2 }, (_, index) => ({
      partition,
      webhook: flat[index * 2] as WebhookId,
      bytes: Number(flat[index * 2 + 1]),
    }));
  };

  return async () => {
    try {
      const known = await partitions();
      const opened = await Promise.all(known.map((partition) => redis.zcard(keys.partition(partition).opened)));
      const places = (await Promise.all(known.map(listed))).flat().toSorted((a, b) => b.bytes - a.bytes);
      const told = places.slice(0, toldMax);
      const untold = places.slice(toldMax);
      const rows: BacklogRow[] = [];
      for (const partition of known) {
        const webhooks = told.filter((place) => place.partition === partition).map(({ webhook }) => webhook);
        for (let from = 0; from < webhooks.length; from += WEBHOOKS_PER_LOOK) {
          rows.push(...(await lookAtBacklogs(context, partition, webhooks.slice(from, from + WEBHOOKS_PER_LOOK))));
        }
      }
      return {
        rows: rows.toSorted((a, b) => b.bytes - a.bytes),
        untold: { webhooks: untold.length, bytes: untold.reduce((sum, { bytes }) => sum + bytes, 0) },
        openBatches: opened.reduce((sum, count) => sum + count, 0),
      };
    } catch (error) {
      throw asUnavailable(error);
    }
  };
}
