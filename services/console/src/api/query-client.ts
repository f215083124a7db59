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
        retry: (failures, error) => failures < 1 && error instanceof ApiError && isPassing(error.status),
        refetchOnWindowFocus: true,
        // What the operator runs is often on a machine without a way out.
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
}

function isPassing(status: number): boolean {
  return status === 0 || status === 503 || status === 429;
}
