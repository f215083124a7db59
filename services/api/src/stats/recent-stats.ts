import type { Webhook, WebhookId } from "@posthorn/core";
import type { ReadStats, WebhookStats } from "@posthorn/store";

/** How webhooks stood a moment ago, in their order. */
export type ReadRecentStats = (webhooks: readonly Place[]) => Promise<(WebhookStats | undefined)[]>;

type Place = Pick<Webhook, "id" | "partition">;

/** Less than the console's interval, so that each of its polls finds something new. */
export const STATS_KEPT_MS = 2_000;
/** A reading is kept for so many times as long as it took: reading takes at most a tenth of the time. */
const REST_PER_READING = 10;

interface Reading {
  /** `Infinity` while it is under way. */
  untilMs: number;
}

interface KeptRow {
  readonly reading: Reading;
  readonly rows: Promise<readonly WebhookStats[]>;
  readonly index: number;
}

/**
 * Reads how webhooks stand for all who ask: each of them at most once every two seconds in this process, seldomer where
 * there are so many that this would be a burden, and never twice at the same time. To read a webhook for which nothing
 * waits is one command to Redis, and else half a dozen and one more for each attempt in flight.
 */
export function createRecentStats({
  readStats,
  monotonicMs,
}: {
  readonly readStats: ReadStats;
  readonly monotonicMs: () => number;
}): ReadRecentStats {
  const kept = new Map<WebhookId, KeptRow>();

  const read = async (webhooks: readonly Place[], reading: Reading): Promise<readonly WebhookStats[]> => {
    const startedAtMs = monotonicMs();
    try {
      const rows = await readStats(webhooks);
      const tookMs = monotonicMs() - startedAtMs;
      reading.untilMs = startedAtMs + Math.max(STATS_KEPT_MS, tookMs * (1 + REST_PER_READING));
      return rows;
    } catch (error) {
      // It is read by who asks next.
      reading.untilMs = -Infinity;
      throw error;
    }
  };

  return async (webhooks) => {
    const nowMs = monotonicMs();
    for (const [id, { reading }] of kept) if (reading.untilMs <= nowMs) kept.delete(id);
    const missing = webhooks.filter(({ id }) => !kept.has(id));
    if (missing.length > 0) {
      const reading: Reading = { untilMs: Infinity };
      const rows = read(missing, reading);
      for (const [index, { id }] of missing.entries()) kept.set(id, { reading, rows, index });
    }
    return Promise.all(
      webhooks.map(async ({ id }) => {
        const row = kept.get(id);
        return row === undefined ? undefined : (await row.rows)[row.index];
      }),
    );
  };
}
