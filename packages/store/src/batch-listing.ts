import type { BatchId } from "@posthorn/core";
import type { BatchPlace, WebhookPlace } from "./batch-actions.ts";
import { LISTED } from "./batch-cursor.ts";
import type { BatchCursor, ListedFrom } from "./batch-cursor.ts";
import { endedRow, isAttempt } from "./batch-row.ts";
import type { BatchRow, BatchState } from "./batch-row.ts";
import type { RedisClient } from "./connect.ts";
import { lookAtEndedBatches } from "./ended-batches.ts";
import type { Keys } from "./keys.ts";
import { lookAtLiveBatches } from "./live-batches.ts";
import type { AttemptRecord } from "./records.ts";
import { asUnavailable } from "./unavailable.ts";

/** What people ask about the batches of a webhook. Each call's work is bounded, however many there are. */
export interface BatchListing {
  /**
   * First what is still here, oldest first within each place; then, newest first, what ended: what the records of the
   * last 24 h tell, and the last hundred successes. `cursor` is for the next call, `undefined` at the end.
   */
  list(
    query: WebhookPlace & {
      /** All unless given. */
      readonly states?: readonly BatchState[] | undefined;
      readonly cursor?: BatchCursor | undefined;
      readonly limit: number;
    },
  ): Promise<{ readonly rows: BatchRow[]; readonly cursor: BatchCursor | undefined }>;
  /** One batch of the webhook; `undefined` when there is none, or when it is no longer known. */
  get(place: BatchPlace): Promise<BatchRow | undefined>;
  /** The recorded attempts of one batch, oldest first; `undefined` as above. */
  attempts(place: BatchPlace): Promise<AttemptRecord[] | undefined>;
}

/** Which states a batch may have that is listed from there. */
const FOUND: Readonly<Record<ListedFrom, readonly BatchState[]>> = {
  open: ["open"],
  slots: ["reserved", "in_flight"],
  ready: ["waiting"],
  scheduled: ["scheduled"],
  parked: ["paused"],
  ended: ["delivered", "expired", "overflowed", "discarded", "split"],
};

/** Where not all that is found is told of, few rows may take many steps: each is to be worth its round trip. */
const STEP_ROWS_MIN = 100;

export function createBatchListing(deps: {
  readonly redis: RedisClient;
  readonly keys: Keys;
  /** Tests pass a time; Redis' own unless given. */
  readonly nowMs?: () => number;
}): BatchListing {
  const list: BatchListing["list"] = async ({ states, cursor, limit, ...place }) => {
    const wanted = (state: BatchState): boolean => states === undefined || states.includes(state);
    const rows = new Map<BatchId, BatchRow>();
    const live = await lookAtLiveBatches(deps, place);
    const ended = lookAtEndedBatches(deps, place);
    for (const from of LISTED.slice(LISTED.indexOf(cursor?.from ?? "open"))) {
      if (!FOUND[from].some(wanted)) continue;
      let after = from === cursor?.from ? cursor.after : undefined;
      do {
        if (rows.size >= limit) return { rows: [...rows.values()], cursor: { from, after } };
        const left = limit - rows.size;
        const most = FOUND[from].length === 1 ? left : Math.max(left, STEP_ROWS_MIN);
        const page = from === "ended" ? await ended.page(after, most) : await live.page(from, after, most);
        for (const { row, position } of page.rows) {
          // One that moved on while it was read is told of once, where it was found first.
          if (!wanted(row.state) || rows.has(row.id)) continue;
          if (rows.size >= limit) return { rows: [...rows.values()], cursor: { from, after } };
          rows.set(row.id, row);
          after = position;
        }
        after = page.end;
      } while (after !== undefined);
    }
    return { rows: [...rows.values()], cursor: undefined };
  };

  const getLive = async (place: BatchPlace): Promise<BatchRow | undefined> =>
    (await lookAtLiveBatches(deps, place)).get(place.batch);

  const get: BatchListing["get"] = async (place) =>
    (await getLive(place)) ?? endedRow(await lookAtEndedBatches(deps, place).records(place.batch));

  const attempts: BatchListing["attempts"] = async (place) => {
    const isLive = (await getLive(place)) !== undefined;
    const ended = lookAtEndedBatches(deps, place);
    const records = isLive ? await ended.recordsOf(place.batch) : await ended.records(place.batch);
    return isLive || records.length > 0 ? records.filter(isAttempt) : undefined;
  };

  return { list: guarded(list), get: guarded(get), attempts: guarded(attempts) };
}

function guarded<Query, Result>(read: (query: Query) => Promise<Result>): (query: Query) => Promise<Result> {
  return async (query) => {
    try {
      return await read(query);
    } catch (error) {
      throw asUnavailable(error);
    }
  };
}
