import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { SessionView } from "@posthorn/api/views";
import { SESSION_PATH } from "../api/api-client.ts";
import type { ApiClient } from "../api/api-client.ts";
import { useApi } from "../api/api-context.ts";
import { ApiError } from "../api/api-error.ts";
import { queryKeys } from "../api/query-keys.ts";
import { isOfKey } from "./follow-key.ts";
import { tellOtherTabs } from "./other-tabs.ts";

/** Who is signed in; `null` = nobody. */
export function sessionQuery(api: Pick<ApiClient, "results">) {
  return queryOptions({
    queryKey: queryKeys.session,
    queryFn: async ({ signal }): Promise<SessionView | null> => {
      try {
        return await api.results<SessionView>({ path: SESSION_PATH, signal });
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: 60_000,
    // In another tab somebody may have signed in with another key.
    refetchOnWindowFocus: "always",
  });
}

export function useSessionQuery() {
  return useQuery(sessionQuery(useApi()));
}

export function useSignIn() {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (apiKey: string) =>
      api.results<SessionView>({ method: "POST", path: SESSION_PATH, body: { api_key: apiKey } }),
    onSuccess: async (session) => {
      tellOtherTabs();
      queryClient.setQueryData(queryKeys.session, session);
      await queryClient.invalidateQueries({ predicate: isOfKey });
    },
  });
}

/** Ends the session and begins with an empty page, so that nothing that was fetched under the key is kept. */
export function useSignOut() {
  const api = useApi();
  return useMutation({
    mutationFn: async () => {
      try {
        await api.request<undefined>({ method: "DELETE", path: SESSION_PATH });
      } catch (error) {
        // Who is not signed in any more is out already.
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
      }
    },
    onSuccess: () => {
      tellOtherTabs();
      window.location.assign("/");
    },
  });
}
