import type { BatchId } from "@posthorn/core";
import type { BatchPlace, WebhookPlace } from "./batch-actions.ts";
import { comparePositions } from "./batch-cursor.ts";
import type { BatchPage, Position } from "./batch-cursor.ts";
import { endedRow } from "./batch-row.ts";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import type { AttemptRecord } from "./records.ts";

interface EndedBatches {
  /** What ended, newest first. */
  page(place: WebhookPlace, after: Position | undefined, limit: number): Promise<BatchPage>;
  /** What is recorded of a batch that the webhook's records name. */
  records(place: BatchPlace): Promise<AttemptRecord[]>;
  /** What is recorded of a batch that is known to be the webhook's. */
  recordsOf(place: BatchPlace): Promise<AttemptRecord[]>;
}

type Found = Position & { readonly records: readonly AttemptRecord[] | undefined };

/** Reads what the records tell of batches that are gone: those with a history, and the last first-try successes. */
export function createEndedBatches({
  redis,
  keys,
}: {
  readonly redis: RedisClient;
  readonly keys: Keys;
}): EndedBatches {
  const successes = async ({ webhook, partition }: WebhookPlace): Promise<AttemptRecord[]> => {
    const texts = await redis.lrange(keys.partition(partition).successes(webhook), 0, -1);
    return texts.map((text) => JSON.parse(text) as AttemptRecord);
  };

  const recordsOf = async ({ partition, batch }: BatchPlace): Promise<AttemptRecord[]> => {
    const texts = await redis.lrange(keys.partition(partition).record(batch), 0, -1);
    return texts.map((text) => JSON.parse(text) as AttemptRecord);
  };

  /** The next ones of a history, among which may be batches that are still here: their records tell of no end. */
  const history = async (key: string, after: Position | undefined, limit: number): Promise<Found[]> => {
    const found: Found[] = [];
    for (let offset = 0; found.length < limit; offset += limit) {
      const flat = await redis.zrevrangebyscore(
        key,
        after?.score ?? "+inf",
        "-inf",
        "WITHSCORES",
        "LIMIT",
        offset,
        limit,
      );
      for (let i = 0; i + 1 < flat.length; i += 2) {
        const position = { id: flat[i] as BatchId, score: Number(flat[i + 1]) };
        if (after === undefined || comparePositions(position, after) < 0)
          found.push({ ...position, records: undefined });
      }
      if (flat.length < limit * 2) break;
    }
    return found;
  };

  return {
    page: async (place, after, limit) => {
      const names = keys.partition(place.partition);
      const [failed, untried, atOnce] = await Promise.all([
        history(names.history(place.webhook), after, limit + 1),
        history(names.untried(place.webhook), after, limit + 1),
        successes(place),
      ]);
      const found = atOnce
        .map((record): Found => ({ id: record.batch, score: record.atMs, records: [record] }))
        .filter((one) => after === undefined || comparePositions(one, after) < 0)
        .concat(failed, untried)
        .toSorted((a, b) => comparePositions(b, a));
      const page = found.slice(0, limit);
      const rows = await Promise.all(
        page.map(async ({ id, records }) => endedRow(records ?? (await recordsOf({ ...place, batch: id })))),
      );
      return {
        rows: rows.filter((row) => row !== undefined),
        end: found.length > limit ? page.at(-1) : undefined,
      };
    },
    records: async (place) => {
      const { webhook, partition, batch } = place;
      const { history: failed, untried } = keys.partition(partition);
      const scores = await Promise.all([failed, untried].map((key) => redis.zscore(key(webhook), batch)));
      if (scores.some((score) => score !== null)) return recordsOf(place);
      return (await successes(place)).filter((record) => record.batch === batch);
    },
    recordsOf,
  };
}
