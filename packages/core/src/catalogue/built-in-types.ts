import { AB_TEST_EVENTS } from "./ab-test-events.ts";
import { ADAPTIVE_EVENTS } from "./adaptive-events.ts";
import { ENGAGEMENT_EVENTS } from "./engagement-events.ts";
import type { BuiltInClass, ClassDoc, EventType } from "./event-type.ts";
import { GENERATION_EVENTS } from "./generation-events.ts";
import { INGEST_EVENTS } from "./ingest-events.ts";
import { MESSAGE_EVENTS } from "./message-events.ts";
import { RELAY_EVENTS } from "./relay-events.ts";
import { UNSUBSCRIBE_EVENTS } from "./unsubscribe-events.ts";

/** Every type that the original API has, class by class. */
export const BUILT_IN_TYPES: readonly EventType[] = [
  MESSAGE_EVENTS,
  ENGAGEMENT_EVENTS,
  GENERATION_EVENTS,
  UNSUBSCRIBE_EVENTS,
  RELAY_EVENTS,
  AB_TEST_EVENTS,
  INGEST_EVENTS,
  ADAPTIVE_EVENTS,
].flat();

const CLASS_DOCS: Readonly<Record<BuiltInClass, ClassDoc>> = {
  message_event: {
    displayName: "Message Events",
    description: "What happens to a message on its way to the recipient.",
  },
  track_event: { displayName: "Engagement Events", description: "What recipients do with a message that arrived." },
  gen_event: {
    displayName: "Generation Events",
    description: "Messages that were not built from their template and data.",
  },
  unsubscribe_event: { displayName: "Unsubscribe Events", description: "Recipients who want no more messages." },
  relay_event: { displayName: "Relay Events", description: "Inbound messages on their way to a relay webhook." },
  ab_test_event: { displayName: "A/B Test Events", description: "How A/B tests end." },
  ingest_event: { displayName: "Ingest Events", description: "What became of events handed in from outside." },
  adaptive_event: {
    displayName: "Adaptive Delivery Events",
    description: "How the mail server changes its own sending, going by the answers it gets.",
  },
};

/** The classes that the original API has. A map, so that no name from outside meets a prototype. */
export const BUILT_IN_CLASSES: ReadonlyMap<string, ClassDoc> = new Map(Object.entries(CLASS_DOCS));
