import { ingestCall, managementCall } from "../keyed-call.ts";
import { answer } from "../operation.ts";
import type { Answer, Examples, MediaType, Operation, Parameter, Paths } from "../operation.ts";
import { SUBACCOUNT, WEBHOOK_ID } from "../parameters.ts";
import { count, exactly, listOf, ownField, ref, results } from "../schema.ts";

const SENT = [
  {
    msys: {
      message_event: { type: "injection", message_id: "000443ee14578172be22", rcpt_to: "recipient@example.com" },
    },
  },
  {
    msys: { message_event: { type: "delivery", message_id: "000443ee14578172be22", rcpt_to: "recipient@example.com" } },
  },
] as const;

const IDEMPOTENCY_KEY: Parameter = {
  name: "Idempotency-Key",
  in: "header",
  description:
    "Names this request. Repeated with the same key and body, after a 503 or a lost answer, it is completed and stored " +
    "once, and answered as the first time. Remembered for `IDEMPOTENCY_WINDOW` (1 h).",
  schema: { type: "string", minLength: 1, maxLength: 255, pattern: String.raw`^[\x20-\x7e]+$` },
  "x-posthorn": true,
};

const ENCODING: Parameter = {
  name: "Content-Encoding",
  in: "header",
  description: "`gzip` when the body is compressed.",
  // Names of codings have no case (RFC 9110, 8.4.1).
  schema: { type: "string", pattern: "^([gG][zZ][iI][pP]|[iI][dD][eE][nN][tT][iI][tT][yY])$", examples: ["gzip"] },
};

const EVENTS_JSON: MediaType = {
  schema: { anyOf: [listOf(ref("Event")), ref("Event")] },
  examples: {
    list: { summary: "A list of events", value: SENT },
    one: { summary: "One event", value: SENT[0] },
  },
};

const LINES: Examples = {
  lines: { summary: "An event a line", value: SENT.map((event) => `${JSON.stringify(event)}\n`).join("") },
};
const EVENTS_NDJSON: MediaType = {
  schema: { type: "string", description: "One event a line, each as `Event` says." },
  examples: LINES,
};

const STORED_ANSWER = answer(
  "The events are stored, and will be delivered whatever happens to this process.",
  results(
    exactly({
      id: { type: "string", format: "uuid", description: "The request's id." },
      accepted: ownField(count("The events that were stored, or are of a type that no webhook wants.")),
    }),
  ),
  { results: { id: "1b0d2a3c-4e5f-4061-8273-849506a7b8c9", accepted: 2 } },
);
const STORED: Answer = {
  ...STORED_ANSWER,
  headers: { ...STORED_ANSWER.headers, "Idempotent-Replayed": { $ref: "#/components/headers/IdempotentReplayed" } },
};

function takeEvents(
  call: Pick<Operation, "operationId" | "summary" | "description"> & {
    readonly isOriginal: boolean;
    readonly content: Readonly<Record<string, MediaType>>;
  },
): Operation {
  const { content, ...rest } = call;
  return ingestCall({
    ...rest,
    tags: ["Events"],
    grant: "events/ingest",
    parameters: [SUBACCOUNT, IDEMPOTENCY_KEY, ENCODING],
    requestBody: { required: true, content },
    answers: { 200: STORED },
    fails: [400, 408, 409, 413, 415, 422],
  });
}

const ONE_WEBHOOK = managementCall({
  operationId: "sendEventsToWebhook",
  tags: ["Batches"],
  summary: "Send events to one webhook",
  description:
    "Takes events for this webhook alone, whatever types it wants, as those of a batch that it has lost: a file of the " +
    "archive is sent as it is, with `Content-Type: application/x-ndjson` and `Content-Encoding: gzip`. They go out in new " +
    "batches. Use `Idempotency-Key`: without it a repeat sends them twice.",
  grant: "webhooks/modify",
  isOriginal: false,
  parameters: [IDEMPOTENCY_KEY, ENCODING],
  requestBody: { required: true, content: { "application/json": EVENTS_JSON, "application/x-ndjson": EVENTS_NDJSON } },
  answers: { 200: STORED },
  fails: [400, 404, 408, 409, 413, 415, 422],
});

/** The inlet for events. */
export const EVENT_PATHS: Paths = {
  "/api/v1/events": {
    post: takeEvents({
      operationId: "sendEvents",
      summary: "Send events",
      description:
        "Takes a mail server's events, a list, a single one or one a line, and answers when they are stored durably. All " +
        "or nothing: when an event is malformed, the first twenty problems are named by position and nothing is stored. " +
        "An event of an unknown type is accepted and counted as unrouted.",
      isOriginal: false,
      content: { "application/json": EVENTS_JSON, "application/x-ndjson": EVENTS_NDJSON },
    }),
  },
  "/api/v1/webhooks/{id}/events": {
    parameters: [WEBHOOK_ID, SUBACCOUNT],
    post: ONE_WEBHOOK,
  },
  "/api/v1/ingest/events": {
    post: takeEvents({
      operationId: "ingestEvents",
      summary: "Send events as to SparkPost's Ingest API",
      description:
        "The same under the original's path and in its format: one event a line. Unlike the original it checks the " +
        "events before it answers.",
      isOriginal: true,
      content: { "application/x-ndjson": EVENTS_NDJSON },
    }),
  },
};
