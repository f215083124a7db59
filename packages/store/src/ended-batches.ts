import type { BatchId } from "@posthorn/core";
import type { WebhookPlace } from "./batch-actions.ts";
import { comparePositions } from "./batch-cursor.ts";
import type { BatchPage, Position } from "./batch-cursor.ts";
import { endedRow } from "./batch-row.ts";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import type { AttemptRecord } from "./records.ts";

/** The batches of one webhook that are gone, as far as they are recorded. */
interface EndedBatches {
  /** What ended, newest first. */
  page(after: Position | undefined, limit: number): Promise<BatchPage>;
  /** What is recorded of a batch that the webhook's records name. */
  records(batch: BatchId): Promise<AttemptRecord[]>;
  /** What is recorded of a batch that is known to be the webhook's. */
  recordsOf(batch: BatchId): Promise<AttemptRecord[]>;
}

type Found = Position & { readonly records: readonly AttemptRecord[] | undefined };

/**
 * Looks at what the records tell of batches that are gone: those with a history, and the last first-try successes. The
 * successes are read once.
 */
export function lookAtEndedBatches(
  { redis, keys }: { readonly redis: RedisClient; readonly keys: Keys },
  { webhook, partition }: WebhookPlace,
): EndedBatches {
  const names = keys.partition(partition);
  const histories = [names.history(webhook), names.untried(webhook)];

  const read = async (key: string): Promise<AttemptRecord[]> =>
    (await redis.lrange(key, 0, -1)).map((text) => JSON.parse(text) as AttemptRecord);
  const recordsOf = (batch: BatchId): Promise<AttemptRecord[]> => read(names.record(batch));
  let known: Promise<AttemptRecord[]> | undefined;
  const successes = (): Promise<AttemptRecord[]> => (known ??= read(names.successes(webhook)));

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
    page: async (after, limit) => {
      const [atOnce, ...told] = await Promise.all([
        successes(),
        ...histories.map((key) => history(key, after, limit + 1)),
      ]);
      const found = atOnce
        .map((record): Found => ({ id: record.batch, score: record.atMs, records: [record] }))
        .filter((one) => after === undefined || comparePositions(one, after) < 0)
        .concat(...told)
        .toSorted((a, b) => comparePositions(b, a));
      const page = found.slice(0, limit);
      const rows = await Promise.all(
        page.map(async ({ id, score, records }) => ({
          row: endedRow(records ?? (await recordsOf(id))),
          position: { id, score },
        })),
      );
      return {
        rows: rows.flatMap(({ row, position }) => (row === undefined ? [] : [{ row, position }])),
        end: found.length > limit ? rows.at(-1)?.position : undefined,
      };
    },
    records: async (batch) => {
      const scores = await Promise.all(histories.map((key) => redis.zscore(key, batch)));
      if (scores.some((score) => score !== null)) return recordsOf(batch);
      return (await successes()).filter((record) => record.batch === batch);
    },
    recordsOf,
  };
}
