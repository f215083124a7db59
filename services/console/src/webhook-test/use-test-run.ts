import { useState } from "react";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, skipToken, useMutation, useQuery } from "@tanstack/react-query";
import type { Problem, RequestView } from "@posthorn/api/views";
import { useApi } from "../api/api-context.ts";
import { queryKeys } from "../api/query-keys.ts";
import { webhookPath } from "../api/webhook-queries.ts";
import { accepted, failedWith } from "./test-outcome.ts";
import type { TestRun } from "./test-outcome.ts";
import { parseMessage } from "./message-text.ts";

/** How long somebody has to stop typing for. */
const PAUSE_MS = 300;

interface Preview {
  readonly request: RequestView;
}

/** The call that sends a message to the target, or only shows the request that it would be. */
function validateCall(webhookId: string, message: object, query: { readonly preview?: true } = {}) {
  const kind = query.preview === true ? "read" : "target";
  return { method: "POST", kind, path: webhookPath(webhookId, "/validate"), query, body: { message } } as const;
}

/** The request that a text would make. Nothing is sent to the target. */
export function useTestPreview(webhookId: string, text: string) {
  const api = useApi();
  const [settled] = useDebouncedValue(text, PAUSE_MS);
  const typed = parseMessage(settled);
  return useQuery({
    queryKey: queryKeys.testPreview(webhookId, settled),
    queryFn:
      typed.kind === "ok"
        ? ({ signal }) => api.results<Preview>({ ...validateCall(webhookId, typed.message, { preview: true }), signal })
        : skipToken,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
}

/** Sends messages to the target, and remembers what came of it, the newest first. */
export function useTestRuns(webhookId: string) {
  const api = useApi();
  const [runs, setRuns] = useState<readonly TestRun[]>([]);
  const sending = useMutation({
    mutationFn: async (message: object) => {
      // What is typed may be newer than the preview that is shown.
      const preview = await api
        .results<Preview>(validateCall(webhookId, message, { preview: true }))
        .catch(() => undefined);
      const [at, startMs] = [new Date().toISOString(), performance.now()];
      const outcome = await api
        .results<{ readonly response: NonNullable<Problem["response"]> }>(validateCall(webhookId, message))
        .then(({ response }) => accepted(response), failedWith);
      return { at, request: preview?.request, outcome, tookMs: performance.now() - startMs };
    },
    onSuccess: (run) => setRuns((before) => [{ ...run, number: before.length + 1 }, ...before]),
  });
  return { runs, send: sending.mutate, isSending: sending.isPending };
}
