import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { AttemptView, BatchView } from "@posthorn/api/views";
import { useApi } from "../api/api-context.ts";
import { POLL_MS } from "../api/query-client.ts";
import { queryKeys } from "../api/query-keys.ts";
import { webhookPath } from "../api/webhook-queries.ts";
import { usePollInterval } from "../session/session-context.ts";
import type { StateFilter } from "./batch-state.ts";

export interface BatchPage {
  readonly results: readonly BatchView[];
  /** Of the page after; `null` after the last one. */
  readonly cursor: string | null;
}

export interface BatchPageQuery {
  readonly filter: StateFilter;
  readonly cursor: string | undefined;
  readonly limit: number;
}

export function useBatches(id: string, { filter, cursor, limit }: BatchPageQuery) {
  const api = useApi();
  const states = filter.states.join(",");
  return useQuery({
    queryKey: queryKeys.batchPage(id, states, cursor, limit),
    queryFn: ({ signal }) =>
      api.request<BatchPage>({
        path: webhookPath(id, "/batches"),
        query: { state: states === "" ? undefined : states, cursor, limit },
        signal,
      }),
    refetchInterval: usePollInterval(POLL_MS.now),
    placeholderData: keepPreviousData,
  });
}

export function useBatch(id: string, batch: string) {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.batch(id, batch),
    queryFn: ({ signal }) => api.results<BatchView>({ path: webhookPath(id, `/batches/${batch}`), signal }),
    refetchInterval: usePollInterval(POLL_MS.now),
  });
}

export function useAttempts(id: string, batch: string) {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.attempts(id, batch),
    queryFn: ({ signal }) =>
      api.results<readonly AttemptView[]>({ path: webhookPath(id, `/batches/${batch}/attempts`), signal }),
    refetchInterval: usePollInterval(POLL_MS.now),
  });
}
