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
  WebhookStats,
} from "@posthorn/store";
import { pausedSince } from "./pause-all.ts";
import type { WebhookMirror } from "../mirror.ts";
import { callScope } from "../call-scope.ts";
import { methodNotAllowed } from "../errors.ts";
import { readSwitch } from "../definitions/query.ts";
import { readWebhookIds, readWindow } from "../stats/query.ts";
import { createRecentStats } from "../stats/recent-stats.ts";
import type { SeriesView } from "../stats/series-view.ts";
import { byBacklog, totalsOf, troubleOf, viewStats } from "../stats/stats-view.ts";
import type { StatsRow, StatsView } from "../stats/stats-view.ts";
import { viewSeries, viewTotalSeries } from "../stats/view-series.ts";
import { isVisible } from "../webhooks/find-webhook.ts";
import { readLimit } from "../webhooks/query.ts";

export interface StatsRouteDeps {
  readonly definitions: Pick<Definitions, "get">;
  readonly known: Pick<WebhookMirror, "ensureFresh" | "webhooks">;
  readonly readStats: ReadStats;
  readonly monotonicMs: () => number;
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
  known,
  readStats,
  monotonicMs,
  series,
  processes,
  inspect,
  backlog,
  pauseAll,
}: StatsRouteDeps): Router {
  const router = Router();
  const readRecentStats = createRecentStats({ readStats, monotonicMs });

  /** All, of which what was read a moment ago does for everybody who looks; those that are named are read now. */
  const readAll = async (scope: number | undefined): Promise<readonly StatsRow[]> => {
    await known.ensureFresh();
    const webhooks = known.webhooks().filter((webhook) => isVisible(webhook, scope));
    return rowsOf(webhooks, await readRecentStats(webhooks));
  };
  const readNamed = async (ids: readonly WebhookId[], scope: number | undefined): Promise<readonly StatsRow[]> => {
    const webhooks = (await named(ids)).filter((webhook) => isVisible(webhook, scope));
    return rowsOf(webhooks, await readStats(webhooks));
  };

  /** Those that there are of them, without a look at all others. */
  const named = async (ids: readonly WebhookId[]): Promise<Webhook[]> =>
    (await Promise.all(ids.map((id) => definitions.get(id)))).filter((webhook) => webhook !== undefined);

  router
    .route("/")
    .get(async (request, response) => {
      const scope = callScope(request, response);
      const limit = readLimit(request.query["limit"], STATS_ROWS);
      const ids = readWebhookIds(request.query["webhooks"]);
      const onlyTroubled = readSwitch(request.query["troubled"], "troubled");
      const [rows, pausedSinceMs, alive, redis] = await Promise.all([
        ids.length === 0 ? readAll(scope) : readNamed(ids, scope),
        pauseAll.since(),
        processes.count(),
        inspect(),
      ]);
      const listed = onlyTroubled ? rows.filter((row) => troubleOf(row) !== null) : rows;
      const { usedBytes, limits } = backlog.view();
      const results: StatsView = {
        totals: totalsOf(rows),
        webhooks: listed.toSorted(byBacklog).slice(0, limit).map(viewStats),
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

function rowsOf(webhooks: readonly Webhook[], found: readonly (WebhookStats | undefined)[]): readonly StatsRow[] {
  return webhooks.flatMap((webhook, index) => {
    const stats = found[index];
    return stats === undefined ? [] : [{ webhook, stats }];
  });
}
