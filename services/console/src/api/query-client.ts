import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./api-error.ts";

/** How often what is shown is asked for anew, while the page is in view. */
export const POLL_MS = { now: 2_500, series: 5_000, slow: 15_000 } as const;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 1_000,
        // A refusal stays one; a lost answer is worth another try before it is shown.
        retry: (failures, error) => failures < 1 && isPassing(error) && !error.isLate,
        // What is not asked for again and again anyway is, while there is no answer: the notice of it says so.
        refetchInterval: ({ state: { error } }) => (isPassing(error) ? POLL_MS.series : false),
        refetchOnWindowFocus: true,
        // What the operator runs is often on a machine without a way out.
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
}

function isPassing(error: Error | null): error is ApiError {
  return error instanceof ApiError && [0, 503, 429].includes(error.status);
}
