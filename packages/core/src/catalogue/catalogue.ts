import { BUILT_IN_TYPES } from "./built-in-types.ts";
import type { EventType } from "./event-type.ts";

/** The event types that this Posthorn knows; made once, when a process starts. */
export interface Catalogue {
  /** Every type by its name. A map, so that no name from outside meets a prototype. */
  readonly types: ReadonlyMap<string, EventType>;
  /** Events of other types are accepted all the same, but no webhook can want them. */
  readonly isKnown: (type: string) => boolean;
}

/** The built-in types and those that an operator has added. */
export function createCatalogue(extra: readonly EventType[] = []): Catalogue {
  const types = new Map<string, EventType>();
  for (const entry of [...BUILT_IN_TYPES, ...extra]) {
    if (types.has(entry.type)) throw new Error(`the event type ${entry.type} is in the catalogue twice`);
    types.set(entry.type, entry);
  }
  return { types, isKnown: (type) => types.has(type) };
}
