import type { QueryClient } from "@tanstack/react-query";
import type { SessionView } from "@posthorn/api/views";
import { queryKeys } from "../api/query-keys.ts";

/** True for all that was fetched under somebody's key. */
export function isOfKey({ queryKey }: { readonly queryKey: readonly unknown[] }): boolean {
  return queryKey[0] !== queryKeys.session[0];
}

/**
 * Drops what was fetched under one key as soon as the session is another one's, in whatever way that comes about, before
 * anything is drawn for that one. Who signs in again with the same key finds everything as it was. `onOther` is told unless
 * it was in this tab that somebody signed in.
 */
export function followKey(queryClient: QueryClient, onOther: (session: SessionView) => void): void {
  let last: string | undefined;
  queryClient.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "success" || isOfKey(event.query)) return;
    const session = event.query.state.data as SessionView | null;
    if (session === null || session.key === last) return;
    const isOther = last !== undefined;
    last = session.key;
    if (!isOther) return;
    queryClient.removeQueries({ predicate: isOfKey });
    // What is set by hand is the answer of a sign-in here.
    if (event.action.manual !== true) onOther(session);
  });
}
