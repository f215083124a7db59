import type { Notice, NoticeKind } from "@posthorn/store";

/** What the notice URL gets, as JSON. Documented in docs/operations.md. */
export interface NoticeBody {
  /** The same in every try to tell it. */
  readonly id: string;
  readonly kind: NoticeKind;
  /** For people; chats that take `{"text": …}` show it as it is. */
  readonly text: string;
  /** `name` is `null` when the webhook has been deleted. */
  readonly webhook: { readonly id: string; readonly name: string | null };
  readonly first_at: string;
  readonly last_at: string;
  /** How often it has happened between these. */
  readonly times: number;
  readonly batches: number;
  readonly events: number;
  readonly reason: string | null;
}

export function noticeBody(notice: Notice, name: string | null): NoticeBody {
  const { id, kind, webhook, firstMs, lastMs, happenings, batches, events, why } = notice;
  return {
    id,
    kind,
    text: `${name === null ? `The webhook ${webhook}` : `The webhook “${name}”`} ${predicateOf(notice)}${why === "" ? "" : `: ${why}`}`,
    webhook: { id: webhook, name },
    first_at: new Date(firstMs).toISOString(),
    last_at: new Date(lastMs).toISOString(),
    times: happenings,
    batches,
    events,
    reason: why === "" ? null : why,
  };
}

function predicateOf({ kind, happenings, batches, events }: Notice): string {
  const again = happenings > 1 ? ` (${happenings} times)` : "";
  const lost = `${counted(batches, "batch", "batches")} with ${counted(events, "event", "events")}`;
  switch (kind) {
    case "failing":
      return `is failing${again}; its batches wait, and one at a time is tried`;
    case "recovered":
      return `has recovered${again}; what waits goes out`;
    case "deactivated":
      return `was set inactive${again}; it gets no more events`;
    case "expired":
      return `has lost ${lost}, which were not delivered before their expiry`;
    case "overflowed":
      return `has lost ${lost}, the oldest ones, since too much waits`;
  }
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
