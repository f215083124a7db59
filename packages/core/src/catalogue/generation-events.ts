import { builtInType } from "./built-in-type.ts";
import type { EventType } from "./event-type.ts";
import { AB_TEST, IDENTITY, ORIGIN, REASON } from "./fields.ts";

/** Messages that could not be built from their template. */
export const GENERATION_EVENTS: readonly EventType[] = [
  builtInType({
    type: "generation_failure",
    class: "gen_event",
    displayName: "Generation Failure",
    description: "The message could not be built from its template and data.",
    onPremises: true,
    fields: [IDENTITY, ORIGIN, AB_TEST, "error_code message_id raw_reason rcpt_subs reason recv_method scheduled_time"],
    meanings: {
      reason: "Why the message could not be built, in general words.",
      raw_reason: "Why the message could not be built, with the place in the template or data.",
      error_code: "The kind of failure as a number.",
      message_id: "The id that was meant for the message.",
    },
    samples: {
      event_id: "92356927693813854",
      timestamp: "1460989505",
      error_code: "400",
      reason: "Error while rendering part html: substitution value is missing",
      raw_reason: "Error while rendering part html: line 4: substitution value 'first_name' is missing",
    },
  }),
  builtInType({
    type: "generation_rejection",
    class: "gen_event",
    displayName: "Generation Rejection",
    description: "A policy forbade the message while it was being built.",
    onPremises: true,
    fields: [IDENTITY, ORIGIN, AB_TEST, REASON, "message_id rcpt_subs recv_method scheduled_time subject"],
    meanings: {
      reason: "What the policy forbade, in general words.",
      raw_reason: "What the policy forbade, with the recipient or content that it met.",
      message_id: "The id that was meant for the message.",
    },
    samples: {
      event_id: "92356927693813855",
      timestamp: "1460989505",
      bounce_class: "25",
      error_code: "554",
      reason: "554 5.7.1 Recipient is on the suppression list",
      raw_reason: "554 5.7.1 Recipient is on the suppression list: ada@example.com",
    },
  }),
];
