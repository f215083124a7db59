import { useQuery } from "@tanstack/react-query";
import type { Documentation } from "@posthorn/api/views";
import { useApi } from "./api-context.ts";
import { queryKeys } from "./query-keys.ts";

/** All event types, by class; they never change while the API lives. */
export function useDocumentation() {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.catalogue,
    queryFn: ({ signal }) => api.results<Documentation>({ path: "/webhooks/events/documentation", signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** How many types there are; `undefined` until that is known. */
export function useEventTypeCount(): number | undefined {
  const { data } = useDocumentation();
  if (data === undefined) return undefined;
  return Object.values(data).reduce((total, { events }) => total + Object.keys(events).length, 0);
}
