import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { SeriesView, StatsView, WebhookView } from "@posthorn/api/views";
import { usePollInterval } from "../session/session-context.ts";
import type { ApiCall } from "./api-client.ts";
import { useApi } from "./api-context.ts";
import { POLL_MS } from "./query-client.ts";
import { queryKeys } from "./query-keys.ts";

/** The API shows at most so many rows; the totals are those of all webhooks. */
const STATS_LIMIT = 10_000;
/** More than the overview lists. */
const TROUBLED_LIMIT = 100;

/** The definitions of all webhooks; they change when somebody changes them, so they are asked for less often. */
export function useWebhooks() {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.webhooks,
    queryFn: ({ signal }) => api.results<readonly WebhookView[]>({ path: "/webhooks", signal }),
    refetchInterval: usePollInterval(POLL_MS.slow),
  });
}

export function useWebhook(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.webhook(id),
    queryFn: ({ signal }) => api.results<WebhookView>({ path: webhookPath(id), signal }),
    refetchInterval: usePollInterval(POLL_MS.now),
  });
}

/** How everything stands, with the webhooks that need somebody, the largest back-logs first. */
export function useTroubledStats() {
  return useStatsQuery(queryKeys.troubledStats, { troubled: true, limit: TROUBLED_LIMIT }, POLL_MS.now);
}

/** How all webhooks stand: that is much where there are many, so it is asked for less often than what is shown of it. */
export function useAllStats() {
  return useStatsQuery(queryKeys.allStats, { limit: STATS_LIMIT }, POLL_MS.slow);
}

/** How the webhooks that are named stand now; nothing is asked without any. */
export function useStats(ids: readonly string[]) {
  return useStatsQuery(queryKeys.namedStats(ids), { webhooks: ids.join(",") }, POLL_MS.now, ids.length > 0);
}

function useStatsQuery(
  queryKey: readonly string[],
  query: NonNullable<ApiCall["query"]>,
  intervalMs: number,
  enabled = true,
) {
  const api = useApi();
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => api.results<StatsView>({ path: "/stats", query, signal }),
    refetchInterval: usePollInterval(intervalMs),
    enabled,
  });
}

/** What passed, step by step, in all and for the webhooks that are named. */
export function useSeries(window: SeriesView["window"], ids: readonly string[] = []) {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.series(window, ids),
    queryFn: ({ signal }) =>
      api.results<SeriesView>({
        path: "/stats/series",
        query: { window, webhooks: ids.length === 0 ? undefined : ids.join(",") },
        signal,
      }),
    refetchInterval: usePollInterval(POLL_MS.series),
    placeholderData: keepPreviousData,
  });
}

/** The path of one webhook, or of what is below it. */
export function webhookPath(id: string, below = ""): string {
  return `/webhooks/${encodeURIComponent(id)}${below}`;
}
