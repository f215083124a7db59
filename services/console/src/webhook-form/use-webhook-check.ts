import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { CheckView } from "@posthorn/api/views";
import { useApi } from "../api/api-context.ts";
import { queryKeys } from "../api/query-keys.ts";
import type { WebhookBody } from "./webhook-body.ts";

/** How long somebody has to stop typing for. */
const PAUSE_MS = 300;

/**
 * What the API finds in a body that is not sent yet, and what a batch would look like. Only the answer to the newest
 * body counts: the call for one before it is given up. Until it comes, the one before stays, so that nothing flickers.
 */
export function useWebhookCheck(webhookId: string | undefined, body: WebhookBody) {
  const api = useApi();
  const typed = JSON.stringify(body);
  const [text] = useDebouncedValue(typed, PAUSE_MS);
  const check = useQuery({
    queryKey: queryKeys.webhookCheck(webhookId, text),
    queryFn: ({ signal }) =>
      api.results<CheckView>({
        method: "POST",
        kind: "read",
        path: "/webhooks/check",
        query: { id: webhookId },
        body: JSON.parse(text) as WebhookBody,
        signal,
      }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    // Each text is a key of its own.
    gcTime: 10_000,
  });
  return {
    problems: check.data?.problems ?? [],
    request: check.data?.request ?? null,
    error: check.error,
    /** True when this is about the body as it is now. */
    isCurrent: text === typed && check.isSuccess && !check.isPlaceholderData,
  };
}
