import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ApiCall } from "../api/api-client.ts";
import { useApi } from "../api/api-context.ts";
import { problemsOf } from "../api/api-error.ts";
import { queryKeys } from "../api/query-keys.ts";
import { webhookPath } from "../api/webhook-queries.ts";
import { batchActionDone, webhookActionDone } from "./action-words.ts";
import type { BatchActionName, WebhookActionName } from "./action-words.ts";

/** How many batches an action concerned; a pause concerns none in particular. */
interface ActionAnswer {
  readonly batches?: number;
}

export function webhookActionCall(id: string, action: WebhookActionName): ApiCall {
  return { method: "POST", path: webhookPath(id, `/${action}`) };
}

export function batchActionCall(id: string, batch: string, action: BatchActionName): ApiCall {
  return { method: "POST", path: webhookPath(id, `/batches/${batch}/${action}`) };
}

export function deleteCall(id: string, isDrained: boolean): ApiCall {
  return { method: "DELETE", path: webhookPath(id), query: { drain: isDrained ? true : undefined } };
}

/** Pauses, resumes, retries or discards all of one webhook, says what came of it, and shows how it stands then. */
export function useWebhookAction(id: string) {
  const api = useApi();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (action: WebhookActionName) => api.results<ActionAnswer>(webhookActionCall(id, action)),
    onSuccess: async ({ batches = 0 }, action) => {
      notifications.show({ message: webhookActionDone(action, batches) });
      await refresh();
    },
    onError: showError,
  });
}

/** The same for one batch. */
export function useBatchAction(id: string) {
  const api = useApi();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ batch, action }: { readonly batch: string; readonly action: BatchActionName }) =>
      api.results<ActionAnswer>(batchActionCall(id, batch, action)),
    onSuccess: async (_, { action }) => {
      notifications.show({ message: batchActionDone(action) });
      await refresh();
    },
    // A batch may have gone its way meanwhile: then the page should show that too.
    onError: async (error) => {
      showError(error);
      await refresh();
    },
  });
}

export function useDeleteWebhook(id: string) {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ isDrained }: { readonly isDrained: boolean }) => api.request<undefined>(deleteCall(id, isDrained)),
    // Not awaited: whoever shows the webhook leaves first, and does not ask for it again.
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: queryKeys.webhooks, exact: true });
      void queryClient.invalidateQueries({ queryKey: queryKeys.stats });
    },
  });
}

function useRefresh(): () => Promise<unknown> {
  const queryClient = useQueryClient();
  return () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: queryKeys.webhooks }),
      queryClient.invalidateQueries({ queryKey: queryKeys.stats }),
    ]);
}

function showError(error: unknown): void {
  for (const { message, description } of problemsOf(error).slice(0, 3)) {
    notifications.show({
      color: "red",
      title: message,
      message: description ?? "",
      autoClose: 12_000,
      withBorder: true,
      role: "alert",
    });
  }
}
