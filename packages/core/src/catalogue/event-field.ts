/** What a field means, and a value that it may have. Scalars are texts, as mail servers send them. */
export interface FieldDoc {
  readonly description: string;
  readonly sample: unknown;
}

/** A field of one event type. */
export interface EventField extends FieldDoc {
  /** False when the event that shows the type cannot have it: an e-mail is not sent to a phone. */
  readonly isSampled: boolean;
}

/** What fields mean, by their names, for every type that does not say otherwise. */
export type FieldDocs = Readonly<Record<string, FieldDoc>>;
