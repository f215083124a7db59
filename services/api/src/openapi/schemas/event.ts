import { exactly, ownField, ref } from "../schema.ts";
import type { Schema } from "../schema.ts";

const fields: Schema = {
  type: "object",
  properties: { type: { type: "string" } },
  required: ["type"],
  additionalProperties: {},
};

/** Events as they are sent, and as the catalogue describes them. */
export const EVENT_SCHEMAS: Readonly<Record<string, Schema>> = {
  Event: {
    type: "object",
    properties: {
      msys: {
        type: "object",
        minProperties: 1,
        maxProperties: 1,
        additionalProperties: fields,
        description: "One member, named for the event's class, e.g. `message_event`.",
      },
    },
    required: ["msys"],
    additionalProperties: {},
    description: "An event. Only what is described here is looked at; all else reaches the targets byte for byte.",
  },
  SampleEvent: exactly({
    msys: { type: "object", minProperties: 1, maxProperties: 1, additionalProperties: fields },
  }),
  EventClass: exactly({
    description: { type: "string" },
    display_name: { type: "string" },
    events: { type: "object", description: "By type.", additionalProperties: ref("EventType") },
  }),
  EventType: exactly({
    description: { type: "string" },
    display_name: { type: "string" },
    on_premises: ownField({ type: "boolean", description: "True when an on-premises Momentum sends it." }),
    event: {
      type: "object",
      description: "By field; an event leaves out what has no value.",
      additionalProperties: exactly({ description: { type: "string" }, sampleValue: {} }),
    },
  }),
};
