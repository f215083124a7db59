import { builtInType } from "./built-in-type.ts";
import type { EventType } from "./event-type.ts";
import { IDENTITY } from "./fields.ts";

/** The outcome of events handed in from outside. */
export const INGEST_EVENTS: readonly EventType[] = [
  builtInType({
    type: "success",
    class: "ingest_event",
    displayName: "Ingest Success",
    description: "A batch of events handed in from outside was taken in whole.",
    onPremises: false,
    fields: [IDENTITY, "batch_id expiration_timestamp number_duplicates number_succeeded"],
    samples: {
      event_id: "92356927693813878",
      timestamp: "1460989600",
    },
  }),
  builtInType({
    type: "error",
    class: "ingest_event",
    displayName: "Ingest Error",
    description: "A batch of events handed in from outside was refused, in whole or in part.",
    onPremises: false,
    fields: [
      IDENTITY,
      "batch_id error_type expiration_timestamp href number_duplicates number_failed number_succeeded retryable",
    ],
    samples: {
      event_id: "92356927693813879",
      timestamp: "1460989600",
    },
  }),
];
