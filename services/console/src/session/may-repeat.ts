import type { SessionView } from "@posthorn/api/views";

/**
 * True when a change that was meant under one session may be asked for under the one that has taken its place. For another
 * subaccount the same call would be another change: a webhook made for one customer would get the events of another.
 * Whether the key may do it at all, the API says.
 */
export function mayRepeat(before: SessionView | null | undefined, after: SessionView | null): boolean {
  return before !== undefined && before !== null && after !== null && before.subaccount_id === after.subaccount_id;
}
