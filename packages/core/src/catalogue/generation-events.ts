import { eventType } from "./event-type.ts";
import type { EventType } from "./event-type.ts";
import { AB_TEST, IDENTITY, ORIGIN, REASON } from "./fields.ts";

/** Messages that could not be built from their template. */
export const GENERATION_EVENTS: readonly EventType[] = [
  eventType({
    type: "generation_failure",
    class: "gen_event",
    displayName: "Generation Failure",
    description: "The message could not be built from its template and data.",
    onPremises: true,
    fields: [IDENTITY, ORIGIN, AB_TEST, "error_code message_id raw_reason rcpt_subs reason recv_method scheduled_time"],
  }),
  eventType({
    type: "generation_rejection",
    class: "gen_event",
    displayName: "Generation Rejection",
    description: "A policy forbade the message while it was being built.",
    onPremises: true,
    fields: [IDENTITY, ORIGIN, AB_TEST, REASON, "message_id rcpt_subs recv_method scheduled_time subject"],
  }),
];
