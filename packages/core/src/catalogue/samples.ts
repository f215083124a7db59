import type { Catalogue } from "./catalogue.ts";
import type { EventType } from "./event-type.ts";

/** An event in its envelope: `{"msys":{"<class>":{"type":…}}}`. */
export interface SampleEvent {
  readonly msys: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** One event of each of `types`, in that order. The events of a message's life tell the life of the same message. */
export function samples(catalogue: Catalogue, types: Iterable<string>): SampleEvent[] {
  return [...types].map((type) => {
    const entry = catalogue.types.get(type);
    if (entry === undefined) throw new Error(`${type} is not in the event catalogue`);
    return { msys: Object.fromEntries([[entry.class, recordOf(entry)]]) };
  });
}

function recordOf({ type, fields }: EventType): Record<string, unknown> {
  const shown = [...fields].filter(([, { isSampled }]) => isSampled).map(([name, { sample }]) => [name, sample]);
  return Object.fromEntries([["type", type], ...shown]);
}
