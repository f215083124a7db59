import type { WebhookPlace } from "./batch-actions.ts";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import { readRing, ringOf, SERIES_WINDOWS } from "./series-layout.ts";
import type { SeriesRecord, SeriesWindow } from "./series-layout.ts";
import { asUnavailable } from "./unavailable.ts";

/** A series of some window. */
export interface ReadSeries {
  /** Every step of the window, the oldest first; the last is the current one. */
  readonly steps: readonly SeriesRecord[];
  readonly stepMs: number;
  /** When the window begins, and Redis' time now. */
  readonly fromMs: number;
  readonly nowMs: number;
}

/** Reads time series; everything throws `StoreUnavailableError` when Redis is away. */
export interface SeriesReader {
  webhook(place: WebhookPlace, window: SeriesWindow): Promise<ReadSeries>;
  /** All together; what waits is told in bytes only. `storedBytes`: what the store holds now. */
  total(window: SeriesWindow, storedBytes: number): Promise<ReadSeries>;
}

type Levels = Pick<SeriesRecord, "backlogBatches" | "backlogEvents" | "backlogBytes">;

export function createSeriesReader({
  redis,
  keys,
  nowMs,
}: {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly nowMs: () => number;
}): SeriesReader {
  const read = async (key: string, window: SeriesWindow, levels: Levels): Promise<ReadSeries> => {
    const { first, last } = ringOf(window);
    const ring = await redis.getrangeBuffer(key, first, last);
    return fillSteps(readRing(ring), { window, levels, nowMs: nowMs() });
  };
  return {
    webhook: async ({ partition, webhook }, window) => {
      try {
        const names = keys.partition(partition);
        const [batches, events, bytes] = await redis.hmget(names.webhook(webhook), "bn", "be", "by");
        const levels = {
          backlogBatches: Number(batches ?? 0),
          backlogEvents: Number(events ?? 0),
          backlogBytes: Number(bytes ?? 0),
        };
        return await read(names.series(webhook), window, levels);
      } catch (error) {
        throw asUnavailable(error);
      }
    },
    total: async (window, storedBytes) => {
      try {
        const levels = { backlogBatches: 0, backlogEvents: 0, backlogBytes: storedBytes };
        return await read(keys.definitions.series, window, levels);
      } catch (error) {
        throw asUnavailable(error);
      }
    },
  };
}

/**
 * Every step of the window in its order. A step without a record had no traffic: nothing passed, and as much waited as
 * before. What waits now is given, since it may have changed without traffic.
 */
export function fillSteps(
  records: readonly SeriesRecord[],
  { window, levels, nowMs }: { readonly window: SeriesWindow; readonly levels: Levels; readonly nowMs: number },
): ReadSeries {
  const { stepMs, steps: count } = SERIES_WINDOWS[window];
  const current = Math.floor(nowMs / stepMs);
  const first = current - count + 1;
  const byStep = new Map(records.map((record) => [record.step, record]));
  // The ring may still hold what was before the window.
  const [before] = records.filter(({ step }) => step < first).toSorted((a, b) => b.step - a.step);
  const steps: SeriesRecord[] = [];
  // Without any there was no traffic for longer than they are kept.
  let last: Levels = before ?? (records.length === 0 ? levels : NOTHING_WAITS);
  for (let step = first; step <= current; step++) {
    const record = byStep.get(step);
    last = step === current ? levels : (record ?? last);
    steps.push({
      ...(record ?? QUIET),
      step,
      backlogBatches: last.backlogBatches,
      backlogEvents: last.backlogEvents,
      backlogBytes: last.backlogBytes,
    });
  }
  return { steps, stepMs, fromMs: first * stepMs, nowMs };
}

const NOTHING_WAITS: Levels = { backlogBatches: 0, backlogEvents: 0, backlogBytes: 0 };

const QUIET: SeriesRecord = {
  step: 0,
  eventsIn: 0,
  eventsOut: 0,
  batchesOut: 0,
  failedAttempts: 0,
  latencySumMs: 0,
  latencyMaxMs: 0,
  backlogBatches: 0,
  backlogEvents: 0,
  backlogBytes: 0,
};
