import type { EventField } from "./event-field.ts";

/** The classes that the original API has: the one key below `msys` of an event's envelope. */
export type BuiltInClass =
  | "message_event"
  | "track_event"
  | "gen_event"
  | "unsubscribe_event"
  | "relay_event"
  | "ab_test_event"
  | "ingest_event"
  | "adaptive_event";

/** How a class of events is shown to people. */
export interface ClassDoc {
  readonly displayName: string;
  readonly description: string;
}

/** One entry of the event catalogue: a type that a webhook may subscribe to. */
export interface EventType {
  /** The value of the event's `type`, and the key in a webhook's `events`. */
  readonly type: string;
  /** A built-in class, or one that an operator has added. */
  readonly class: string;
  /** What an added type says of its class; built-in classes have their own texts. */
  readonly classDoc?: Partial<ClassDoc>;
  readonly displayName: string;
  readonly description: string;
  /** True when an on-premises Momentum sends it; the others come from its hosted sibling alone, or were added. */
  readonly onPremises: boolean;
  /**
   * Every field that some release documents or sends for this type, by name and sorted; an event leaves out what has
   * no value. A map, so that no name from outside meets a prototype.
   */
  readonly fields: ReadonlyMap<string, EventField>;
}
