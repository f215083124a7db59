import { AB_TEST_EVENTS } from "./ab-test-events.ts";
import { ADAPTIVE_EVENTS } from "./adaptive-events.ts";
import { ENGAGEMENT_EVENTS } from "./engagement-events.ts";
import type { EventType } from "./event-type.ts";
import { GENERATION_EVENTS } from "./generation-events.ts";
import { INGEST_EVENTS } from "./ingest-events.ts";
import { MESSAGE_EVENTS } from "./message-events.ts";
import { RELAY_EVENTS } from "./relay-events.ts";
import { UNSUBSCRIBE_EVENTS } from "./unsubscribe-events.ts";

/** The event catalogue: every type that Posthorn knows, by its name. A map, so that no name from outside meets a prototype. */
export const EVENT_TYPES: ReadonlyMap<string, EventType> = new Map(
  [
    MESSAGE_EVENTS,
    ENGAGEMENT_EVENTS,
    GENERATION_EVENTS,
    UNSUBSCRIBE_EVENTS,
    RELAY_EVENTS,
    AB_TEST_EVENTS,
    INGEST_EVENTS,
    ADAPTIVE_EVENTS,
  ].flatMap((family) => family.map((entry) => [entry.type, entry] as const)),
);

/** True when the catalogue has `type`; events of other types are accepted all the same, but no webhook can want them. */
export function isKnownEventType(type: string): boolean {
  return EVENT_TYPES.has(type);
}
