import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ApiKeyView, NewApiKeyView } from "@posthorn/api/views";
import { useApi } from "../api/api-context.ts";
import { POLL_MS } from "../api/query-client.ts";
import { queryKeys } from "../api/query-keys.ts";
import { usePollInterval } from "../session/session-context.ts";

export function apiKeyPath(id: string): string {
  return `/api-keys/${encodeURIComponent(id)}`;
}

export function useApiKeys({ enabled }: { readonly enabled: boolean }) {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.apiKeys,
    queryFn: ({ signal }) => api.results<readonly ApiKeyView[]>({ path: "/api-keys", signal }),
    refetchInterval: usePollInterval(POLL_MS.slow),
    enabled,
  });
}

export function useCreateApiKey() {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Readonly<Record<string, unknown>>) =>
      api.results<NewApiKeyView>({ method: "POST", path: "/api-keys", body }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queryKeys.apiKeys }),
    // The key's text is nobody's to keep but the person's.
    gcTime: 0,
  });
}

export function useRevokeApiKey() {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.request<undefined>({ method: "DELETE", path: apiKeyPath(id) }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queryKeys.apiKeys }),
  });
}
