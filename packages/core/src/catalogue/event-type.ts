/** The one key below `msys` of an event's envelope. */
export type EventClass =
  | "message_event"
  | "track_event"
  | "gen_event"
  | "unsubscribe_event"
  | "relay_event"
  | "ab_test_event"
  | "ingest_event"
  | "adaptive_event";

/** One entry of the event catalogue: a type that a webhook may subscribe to. */
export interface EventType {
  /** The value of the event's `type`, and the key in a webhook's `events`. */
  readonly type: string;
  readonly class: EventClass;
  readonly displayName: string;
  readonly description: string;
  /** True when an on-premises Momentum sends it; the others come from its hosted sibling alone. */
  readonly onPremises: boolean;
  /** Every field that some release documents or sends for this type, by name; an event leaves out what has no value. */
  readonly fields: readonly string[];
}

/** Makes an entry from texts of field names with blanks between them. */
export function eventType(entry: EventType): EventType {
  const names = entry.fields.flatMap((group) => group.split(" "));
  return Object.freeze({ ...entry, fields: Object.freeze([...new Set(names)].toSorted()) });
}
