import type { Webhook, WebhookId } from "@posthorn/core";
import type { ReadStats, WebhookStats } from "@posthorn/store";

/** How webhooks stood a moment ago, in their order. */
export type ReadRecentStats = (webhooks: readonly Place[]) => Promise<(WebhookStats | undefined)[]>;

type Place = Pick<Webhook, "id" | "partition" | "createdAtMs">;

/** Less than the console's interval, so that each of its polls finds something new. */
export const STATS_KEPT_MS = 2_000;
/** What is read is kept for so many times as long as it takes to read all of it. */
const REST_PER_READING = 10;
/** Nothing that is shown is older: what took long may have done so since Redis was slow for a moment. */
const KEPT_MAX_MS = 30_000;

interface Reading {
  /** Of the webhooks that were read together. */
  readonly rows: Promise<readonly WebhookStats[]>;
  /** `0` while it is under way. */
  tookMs: number;
  /** `Infinity` while it is under way. */
  untilMs: number;
}

interface KeptRow {
  /** Another one may come to be under the same id, and be somebody else's. */
  readonly webhook: Place;
  readonly reading: Reading;
  readonly index: number;
}

/**
 * Reads how webhooks stand for all who ask: each of them at most once every two seconds in this process, seldomer where
 * there are so many that this would be a burden, and never twice at the same time. To read a webhook for which nothing
 * waits is one command to Redis, and else half a dozen and one more for each attempt in flight.
 *
 * Who sees other webhooks than those before, as one subaccount after the other does, causes a reading of its own, after
 * those before it. Each rests for what they take together, so that all of them take a tenth of the time at most, however
 * they are cut, unless that would make figures older than half a minute.
 */
export function createRecentStats({
  readStats,
  monotonicMs,
}: {
  readonly readStats: ReadStats;
  readonly monotonicMs: () => number;
}): ReadRecentStats {
  const kept = new Map<WebhookId, KeptRow>();
  const readings = new Set<Reading>();
  let lastReading: Promise<unknown> = Promise.resolve();

  const read = (webhooks: readonly Place[]): Reading => {
    const readNow = async (): Promise<readonly WebhookStats[]> => {
      const startedAtMs = monotonicMs();
      try {
        const rows = await readStats(webhooks);
        reading.tookMs = monotonicMs() - startedAtMs;
        const togetherMs = [...readings].reduce((sum, { tookMs }) => sum + tookMs, 0);
        const keptMs = Math.max(STATS_KEPT_MS, togetherMs * (1 + REST_PER_READING));
        reading.untilMs = startedAtMs + Math.min(KEPT_MAX_MS, keptMs);
        return rows;
      } catch (error) {
        // It is read by who asks next.
        reading.untilMs = -Infinity;
        throw error;
      }
    };
    // One at a time, so that a wait that all of them share is counted once.
    const rows = lastReading.then(readNow);
    lastReading = rows.catch(() => undefined);
    const reading: Reading = { rows, tookMs: 0, untilMs: Infinity };
    readings.add(reading);
    return reading;
  };

  const forgetOld = (): void => {
    const nowMs = monotonicMs();
    for (const reading of readings) if (reading.untilMs <= nowMs) readings.delete(reading);
    for (const [id, { reading }] of kept) if (!readings.has(reading)) kept.delete(id);
  };

  return async (webhooks) => {
    forgetOld();
    const missing = webhooks.filter((webhook) => !isOf(webhook, kept.get(webhook.id)));
    if (missing.length > 0) {
      const reading = read(missing);
      for (const [index, webhook] of missing.entries()) kept.set(webhook.id, { webhook, reading, index });
    }
    // Others may have newer ones read before these are there.
    const asked = webhooks.flatMap(({ id }) => kept.get(id) ?? []);
    const needed = [...new Set(asked.map(({ reading }) => reading))];
    const rows = new Map(await Promise.all(needed.map(async (reading) => [reading, await reading.rows] as const)));
    return asked.map(({ reading, index }) => rows.get(reading)?.[index]);
  };
}

function isOf({ partition, createdAtMs }: Place, row: KeptRow | undefined): boolean {
  return row?.webhook.partition === partition && row.webhook.createdAtMs === createdAtMs;
}
