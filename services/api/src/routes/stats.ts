import { Router } from "express";
import type { Webhook, WebhookId } from "@posthorn/core";
import type {
  Backlog,
  Definitions,
  PauseAll,
  Processes,
  ReadStats,
  RedisInspection,
  SeriesReader,
} from "@posthorn/store";
import { pausedSince } from "./pause-all.ts";
import { callScope } from "../call-scope.ts";
import { methodNotAllowed } from "../errors.ts";
import { readWebhookIds, readWindow } from "../stats/query.ts";
import type { SeriesView } from "../stats/series-view.ts";
import { byBacklog, totalsOf, viewStats } from "../stats/stats-view.ts";
import type { StatsView } from "../stats/stats-view.ts";
import { viewSeries, viewTotalSeries } from "../stats/view-series.ts";
import { isVisible } from "../webhooks/find-webhook.ts";
import { readLimit } from "../webhooks/query.ts";

export interface StatsRouteDeps {
  readonly definitions: Pick<Definitions, "get" | "list">;
  readonly readStats: ReadStats;
  readonly series: SeriesReader;
  readonly processes: Pick<Processes, "count">;
  readonly inspect: () => Promise<RedisInspection>;
  readonly backlog: Pick<Backlog, "view">;
  readonly pauseAll: Pick<PauseAll, "since">;
}

/** How many webhooks are shown unless told otherwise, and at most; the totals are those of all. */
export const STATS_ROWS = { default: 100, max: 10_000 } as const;

/** How everything stands: the webhooks that the caller sees, the processes, and Redis. */
export function createStatsRouter({
  definitions,
  readStats,
  series,
  processes,
  inspect,
  backlog,
  pauseAll,
}: StatsRouteDeps): Router {
  const router = Router();

  /** Those that there are of them, without a look at all others. */
  const named = async (ids: readonly WebhookId[]): Promise<Webhook[]> =>
    (await Promise.all(ids.map((id) => definitions.get(id)))).filter((webhook) => webhook !== undefined);

  router
    .route("/")
    .get(async (request, response) => {
      const scope = callScope(request, response);
      const limit = readLimit(request.query["limit"], STATS_ROWS);
      const ids = readWebhookIds(request.query["webhooks"]);
      const all = await (ids.length === 0 ? definitions.list() : named(ids));
      const webhooks = all.filter((webhook) => isVisible(webhook, scope));
      const [stats, pausedSinceMs, alive, redis] = await Promise.all([
        readStats(webhooks),
        pauseAll.since(),
        processes.count(),
        inspect(),
      ]);
      const rows = webhooks.flatMap((webhook, index) => {
        const row = stats[index];
        return row === undefined ? [] : [viewStats(webhook, row)];
      });
      const { usedBytes, limits } = backlog.view();
      const results: StatsView = {
        totals: totalsOf(rows),
        webhooks: rows.toSorted(byBacklog).slice(0, limit),
        paused_since: pausedSince(pausedSinceMs),
        processes: alive,
        redis: {
          version: redis.product,
          used_memory_bytes: redis.usedMemoryBytes,
          max_memory_bytes: redis.maxMemoryBytes,
          durability: redis.durability,
        },
        backlog: {
          used_bytes: usedBytes,
          max_bytes: limits.totalBytes,
          webhook_max_bytes: limits.webhookBytes,
        },
      };
      response.json({ results });
    })
    .all(methodNotAllowed("GET"));
  router
    .route("/series")
    .get(async (request, response) => {
      const scope = callScope(request, response);
      const window = readWindow(request.query["window"]);
      const webhooks = (await named(readWebhookIds(request.query["webhooks"]))).filter((webhook) =>
        isVisible(webhook, scope),
      );
      const [total, ...rows] = await Promise.all([
        series.total(window, backlog.view().usedBytes),
        ...webhooks.map(({ id, partition }) => series.webhook({ webhook: id, partition }, window)),
      ]);
      const results: SeriesView = {
        window,
        step_ms: total.stepMs,
        from: new Date(total.fromMs).toISOString(),
        to: new Date(total.nowMs).toISOString(),
        total: scope === undefined ? viewTotalSeries(total) : null,
        webhooks: Object.fromEntries(
          rows.flatMap((row, index) => {
            const webhook = webhooks[index];
            return webhook === undefined ? [] : [[webhook.id, viewSeries(row)]];
          }),
        ),
      };
      response.json({ results });
    })
    .all(methodNotAllowed("GET"));
  return router;
}
