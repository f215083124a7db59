import { failures } from "../failures.ts";
import { answer, NO_SECURITY } from "../operation.ts";
import type { Paths } from "../operation.ts";
import { listOf, ref, results } from "../schema.ts";

const tags = ["Event types"];

/** What the event types are; everybody may know. */
export const CATALOGUE_PATHS: Paths = {
  "/api/v1/webhooks/events/documentation": {
    get: {
      operationId: "listEventTypes",
      tags,
      summary: "Describe all event types",
      description:
        "Every type that a webhook can want, by class, with its fields and a sample value of each. Types that the " +
        "operator has added (`EVENT_TYPES_FILE`) are among them. Needs no key.",
      responses: {
        200: answer("The types, by class.", results({ type: "object", additionalProperties: ref("EventClass") }), {
          results: {
            track_event: {
              description: "What recipients did with a message.",
              display_name: "Engagement Events",
              events: {
                open: {
                  description: "A recipient opened the message.",
                  display_name: "Open",
                  on_premises: true,
                  event: { type: { description: "The event's type.", sampleValue: "open" } },
                },
              },
            },
          },
        }),
        ...failures(500),
      },
      security: NO_SECURITY,
    },
  },
  "/api/v1/webhooks/events/samples": {
    get: {
      operationId: "listSampleEvents",
      tags,
      summary: "Show sample events",
      description:
        "One event of each type, as targets get them; the events of a message tell the life of the same message. A " +
        "batch is such a list without `results` around it. Needs no key.",
      parameters: [
        {
          name: "events",
          in: "query",
          description: "The types to show, with commas between; all of them unless given.",
          schema: listOf({ type: "string" }, { minItems: 1 }),
          style: "form",
          explode: false,
          example: ["bounce", "delivery"],
        },
      ],
      responses: {
        200: answer("The events.", results(listOf(ref("SampleEvent"))), {
          results: [
            { msys: { track_event: { type: "open", rcpt_to: "recipient@example.com", timestamp: "1772487488" } } },
          ],
        }),
        ...failures(400, 500),
      },
      security: NO_SECURITY,
    },
  },
};
