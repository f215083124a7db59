import { batchId } from "@posthorn/core";
import type { BatchId, WebhookId } from "@posthorn/core";
import type { WebhookPlace } from "./batch-actions.ts";
import { comparePositions } from "./batch-cursor.ts";
import type { BatchPage, ListedFrom, PlacedRow, Position } from "./batch-cursor.ts";
import { liveRow, openRow } from "./batch-row.ts";
import type { BatchFields, BatchRow, RowContext } from "./batch-row.ts";
import type { RedisClient } from "./connect.ts";
import type { Keys, PartitionKeys } from "./keys.ts";
import { redisNowMs } from "./masters.ts";
import type { AttemptRecord } from "./records.ts";

/** The batches of one webhook that are still here. */
interface LiveBatches {
  page(from: Exclude<ListedFrom, "ended">, after: Position | undefined, limit: number): Promise<BatchPage>;
  get(batch: BatchId): Promise<BatchRow | undefined>;
}

interface LiveBatchesDeps {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly nowMs?: () => number;
}

/**
 * Looks at the batches that are still here, as the scripts keep them (see the head of `partition.lua`). The webhook's
 * own state is read once; what is told of its batches goes by that.
 */
export async function lookAtLiveBatches(
  { redis, keys, nowMs }: LiveBatchesDeps,
  { webhook, partition }: WebhookPlace,
): Promise<LiveBatches> {
  const names = keys.partition(partition);
  const { open, context } = await readWebhook(redis, names, webhook, nowMs);

  const read = async (id: BatchId): Promise<{ readonly row: BatchRow; readonly seq: number } | undefined> => {
    const [values, expiry, last] = await Promise.all([
      redis.hmget(names.batch(id), ...BATCH_FIELDS),
      redis.zscore(names.expiries(webhook), id),
      redis.lindex(names.record(id), -1),
    ]);
    const [owner, seq] = values;
    if (owner !== webhook) return undefined;
    const row = liveRow({
      id,
      batch: parseBatch(values),
      expiryMs: expiry === null ? undefined : Number(expiry),
      last: last === null ? undefined : (JSON.parse(last) as AttemptRecord),
      context,
    });
    return { row, seq: Number(seq) };
  };

  const readAll = async (positions: readonly Position[]): Promise<PlacedRow[]> => {
    const found = await Promise.all(positions.map(async (position) => ({ position, ...(await read(position.id)) })));
    return found.flatMap(({ row, position }) => (row === undefined ? [] : [{ row, position }]));
  };

  /** A slot's score is the end of a lease, which is renewed all the time: these few are ordered by their age. */
  const slots = async (after: Position | undefined, limit: number): Promise<BatchPage> => {
    const ids = (await redis.zrange(names.slots(webhook), "0", "-1")) as BatchId[];
    const rest = (await Promise.all(ids.map(read)))
      .filter((one) => one !== undefined)
      .map(({ row, seq }): PlacedRow => ({ row, position: { score: seq, id: row.id } }))
      .filter(({ position }) => after === undefined || comparePositions(position, after) > 0)
      .toSorted((a, b) => comparePositions(a.position, b.position));
    const page = rest.slice(0, limit);
    return { rows: page, end: rest.length > limit ? page.at(-1)?.position : undefined };
  };

  return {
    page: async (from, after, limit) => {
      switch (from) {
        case "open":
          return {
            rows: open === undefined ? [] : [{ row: open, position: { score: 0, id: open.id } }],
            end: undefined,
          };
        case "slots":
          return slots(after, limit);
        case "ready":
        case "scheduled":
        case "parked": {
          const { positions, end } = await positionsAfter(redis, names[from](webhook), after, limit);
          return { rows: await readAll(positions), end };
        }
      }
    },
    get: async (batch) => (batch === open?.id ? open : (await read(batch))?.row),
  };
}

/** In the order in which `parseBatch` takes them, after whose it is and its seq. */
const BATCH_FIELDS = ["w", "q", "s", "n", "y", "c", "t", "a", "f", "d"] as const;

function parseBatch(values: readonly (string | null)[]): BatchFields {
  const number = (field: (typeof BATCH_FIELDS)[number]): number => Number(values[BATCH_FIELDS.indexOf(field)]);
  return {
    state: values[BATCH_FIELDS.indexOf("s")] ?? "",
    events: number("n"),
    bytes: number("y"),
    createdAtMs: number("c"),
    sealedAtMs: number("t"),
    attempts: number("a"),
    failedAttempts: number("f"),
    dueMs: number("d"),
  };
}

async function readWebhook(
  redis: RedisClient,
  names: PartitionKeys,
  webhook: WebhookId,
  nowMs: (() => number) | undefined,
): Promise<{ readonly open: BatchRow | undefined; readonly context: RowContext }> {
  const [fields, [allPausedSince, allPausedMs], timeMs] = await Promise.all([
    redis.hmget(names.webhook(webhook), "ob", "on", "oy", "ot", "act", "pau", "pz", "fs", "hu"),
    redis.hmget(names.pause, "ps", "pz"),
    redisNowMs(redis, names.wake),
  ]);
  const [openBatch, events, bytes, openedAtMs, active, paused, pausedMs, failingSince, heldUntil] = fields;
  const id = batchId(openBatch ?? "");
  const isPaused = paused === "1" || Number(allPausedSince) > 0;
  return {
    open:
      id === undefined
        ? undefined
        : openRow({ id, events: Number(events), bytes: Number(bytes), openedAtMs: Number(openedAtMs) }),
    context: {
      nowMs: nowMs?.() ?? timeMs,
      isStill: active !== "1" || isPaused,
      isPaused,
      isFailing: Number(failingSince) > 0,
      heldUntilMs: Number(heldUntil),
      pausedMs: Number(pausedMs) + Number(allPausedMs),
    },
  };
}

/** The next `limit` members of a zset, lowest first. */
async function positionsAfter(
  redis: RedisClient,
  key: string,
  after: Position | undefined,
  limit: number,
): Promise<{ readonly positions: readonly Position[]; readonly end: Position | undefined }> {
  const positions: Position[] = [];
  for (let offset = 0; positions.length < limit; offset += limit) {
    const flat = await redis.zrangebyscore(key, after?.score ?? "-inf", "+inf", "WITHSCORES", "LIMIT", offset, limit);
    for (let i = 0; i + 1 < flat.length; i += 2) {
      const position = { id: flat[i] as BatchId, score: Number(flat[i + 1]) };
      // The first ones may share the score of the last one told of before.
      if (after === undefined || comparePositions(position, after) > 0) positions.push(position);
    }
    if (flat.length < limit * 2) return { positions, end: undefined };
  }
  const page = positions.slice(0, limit);
  return { positions: page, end: page.at(-1) };
}
