import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { SeriesView, StatsView, WebhookView } from "@posthorn/api/views";
import { usePollInterval } from "../session/session-context.ts";
import { useApi } from "./api-context.ts";
import { POLL_MS } from "./query-client.ts";
import { queryKeys } from "./query-keys.ts";

/** The API shows at most so many rows; the totals are those of all webhooks. */
const STATS_LIMIT = 10_000;

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

/** How everything stands now; only of the webhooks that are named, if any are. */
export function useStats(ids: readonly string[] = []) {
  const api = useApi();
  return useQuery({
    queryKey: ids.length === 0 ? queryKeys.stats : [...queryKeys.stats, ...ids],
    queryFn: ({ signal }) =>
      api.results<StatsView>({
        path: "/stats",
        query: { limit: STATS_LIMIT, webhooks: ids.length === 0 ? undefined : ids.join(",") },
        signal,
      }),
    refetchInterval: usePollInterval(POLL_MS.now),
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
