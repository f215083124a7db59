import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ApiCall } from "../api/api-client.ts";
import { useApi } from "../api/api-context.ts";
import { queryKeys } from "../api/query-keys.ts";

export type PauseAllAction = "pause" | "resume";

export function pauseAllCall(action: PauseAllAction): ApiCall {
  return { method: "POST", path: `/${action}` };
}

/** Stops all attempts of all webhooks, or lets them go on. */
export function usePauseAll() {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (action: PauseAllAction) => api.results<unknown>(pauseAllCall(action)),
    onSuccess: async (_, action) => {
      notifications.show({
        message: action === "pause" ? "Everything is paused." : "Everything goes on: what waits is tried now.",
      });
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: queryKeys.stats }),
        queryClient.invalidateQueries({ queryKey: queryKeys.webhooks }),
      ]);
    },
  });
}
