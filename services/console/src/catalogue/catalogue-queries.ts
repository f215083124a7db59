import { useQuery } from "@tanstack/react-query";
import type { Documentation } from "@posthorn/api/views";
import { useApi } from "../api/api-context.ts";
import { queryKeys } from "../api/query-keys.ts";
import { eventGroups, typesOf } from "./event-groups.ts";

/** The event types that this Posthorn knows, in groups. They change only with a restart. */
export function useEventGroups() {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.catalogue,
    queryFn: ({ signal }) => api.results<Documentation>({ path: "/webhooks/events/documentation", signal }),
    select: eventGroups,
    staleTime: Infinity,
  });
}

export type SampleEvent = Readonly<Record<string, unknown>>;

/** One event of each type, in the same order. */
export function useSamples(types: readonly string[], { enabled = true }: { readonly enabled?: boolean } = {}) {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.samples(types),
    queryFn: ({ signal }) =>
      api.results<SampleEvent[]>({ path: "/webhooks/events/samples", query: { events: types.join(",") }, signal }),
    enabled: enabled && types.length > 0,
    staleTime: Infinity,
  });
}

/** How many types there are; `undefined` until that is known. */
export function useEventTypeCount(): number | undefined {
  const { data } = useEventGroups();
  return data === undefined ? undefined : typesOf(data).length;
}
