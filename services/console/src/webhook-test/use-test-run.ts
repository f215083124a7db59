import { useState } from "react";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import type { Problem, RequestView } from "@posthorn/api/views";
import { useApi } from "../api/api-context.ts";
import { queryKeys } from "../api/query-keys.ts";
import { webhookPath } from "../api/webhook-queries.ts";
import { accepted, failedWith } from "./test-outcome.ts";
import type { TestRun } from "./test-outcome.ts";
import { parseMessage } from "./message-text.ts";

/** How long somebody has to stop typing for. */
const PAUSE_MS = 300;

/** The request that a text would make. Nothing is sent to the target. */
export function useTestPreview(webhookId: string, text: string) {
  const api = useApi();
  const [settled] = useDebouncedValue(text, PAUSE_MS);
  const typed = parseMessage(settled);
  const preview = useQuery({
    queryKey: queryKeys.testPreview(webhookId, settled),
    queryFn: ({ signal }) =>
      api.results<{ readonly request: RequestView }>({
        method: "POST",
        path: webhookPath(webhookId, "/validate"),
        query: { preview: true },
        body: { message: typed.kind === "ok" ? typed.message : undefined },
        signal,
      }),
    enabled: typed.kind === "ok",
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
  return {
    request: preview.data?.request,
    error: preview.error,
    /** True when it is that of this very text. */
    isCurrent: settled === text && typed.kind === "ok" && preview.isSuccess && !preview.isPlaceholderData,
  };
}

/** Sends messages to the target, and remembers what came of it, the newest first. */
export function useTestRuns(webhookId: string) {
  const api = useApi();
  const [runs, setRuns] = useState<readonly TestRun[]>([]);
  const sending = useMutation({
    mutationFn: async ({
      message,
      request,
    }: {
      readonly message: object;
      readonly request: RequestView | undefined;
    }) => {
      const [at, startMs] = [new Date().toISOString(), performance.now()];
      const outcome = await api
        .results<{ readonly response: NonNullable<Problem["response"]> }>({
          method: "POST",
          path: webhookPath(webhookId, "/validate"),
          body: { message },
        })
        .then(({ response }) => accepted(response), failedWith);
      return { at, request, outcome, tookMs: performance.now() - startMs };
    },
    onSuccess: (run) => setRuns((before) => [{ ...run, number: before.length + 1 }, ...before]),
  });
  return { runs, send: sending.mutate, isSending: sending.isPending };
}
