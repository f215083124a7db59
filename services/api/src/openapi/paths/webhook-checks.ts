import { STATUS_ROWS } from "../../batch-status.ts";
import { TEST_POST_FAILURE } from "../examples.ts";
import { INVALID_EXAMPLE, ownFailure } from "../failures.ts";
import { managementCall } from "../keyed-call.ts";
import { answer, jsonBody } from "../operation.ts";
import type { Paths } from "../operation.ts";
import { EXAMPLE_BATCH_ID, EXAMPLE_ID, limitParameter, SUBACCOUNT, WEBHOOK_ID } from "../parameters.ts";
import { atMost, exactly, listOf, ownField, ref, results, timestampOrNull } from "../schema.ts";
import { OVERLAP_SECONDS, SIGNING_SECRET } from "../schemas/webhook-input.ts";

const CREATE_EXAMPLE = {
  name: "Example webhook",
  target: "https://example.com/events",
  auth_token: "a-secret-of-your-own",
  events: ["delivery", "bounce"],
};

const REQUEST_EXAMPLE = {
  method: "POST",
  url: "https://example.com/events",
  headers: [
    ["Host", "example.com"],
    ["Content-Type", "application/json"],
    ["Content-Length", "42"],
    ["X-MessageSystems-Batch-ID", EXAMPLE_BATCH_ID],
    ["X-MessageSystems-Webhook-Token", "a-secret-of-your-own"],
  ],
  body: '[{"msys":{"message_event":{"type":"delivery"}}}]',
};

const tags = ["Webhooks"];
const parameters = [WEBHOOK_ID, SUBACCOUNT];

/** What is asked of one webhook beside its definition: does its target answer, how went its batches, a new secret. */
export const WEBHOOK_CHECK_PATHS: Paths = {
  "/api/v1/webhooks/check": {
    parameters: [SUBACCOUNT],
    post: managementCall({
      operationId: "checkWebhook",
      tags,
      summary: "Check a definition",
      description:
        "Judges a body as `POST /api/v1/webhooks` would, or with `id` as `PUT` of that webhook would, and shows what a " +
        "batch would look like. Nothing is stored, and nothing is sent.",
      grant: "webhooks/modify",
      isOriginal: false,
      parameters: [
        {
          name: "id",
          in: "query",
          description: "The webhook that would be changed; without it one would be created.",
          schema: { type: "string", format: "uuid" },
          "x-posthorn": true,
        },
      ],
      requestBody: jsonBody({ type: "object" }, { create: { value: CREATE_EXAMPLE } }),
      answers: {
        200: answer("What is wrong with it, and what would be sent.", results(ref("Check")), {
          results: { problems: [], request: REQUEST_EXAMPLE },
        }),
      },
      fails: [400, 404, 413, 415],
    }),
  },
  "/api/v1/webhooks/{id}/validate": {
    parameters,
    post: managementCall({
      operationId: "validateWebhook",
      tags,
      summary: "Send a test message to the target",
      description:
        "POSTs a message to the webhook's target, with its authentication, headers and signature, and answers what the " +
        "target said. The message is sent as it is given: as `message`, an event or a list of events, or as a body that " +
        "is the list itself. With `preview=true` nothing is sent, and the answer shows what would be.",
      grant: "webhooks/modify",
      isOriginal: true,
      parameters: [
        {
          name: "preview",
          in: "query",
          description: "`true` shows the request instead of making it.",
          schema: { type: "boolean", default: false },
          "x-posthorn": true,
        },
      ],
      requestBody: jsonBody(ref("ValidateMessage"), {
        message: { summary: "As clients send it", value: { message: { msys: {} } } },
        list: { summary: "The list itself", value: [{ msys: {} }] },
      }),
      answers: {
        200: answer(
          "The target answered with a 2xx status.",
          results({
            anyOf: [
              exactly({ msg: { const: "Test POST to endpoint succeeded" }, response: ref("TargetAnswer") }),
              ownField(exactly({ request: ref("Request") })),
            ],
          }),
          {
            results: {
              msg: "Test POST to endpoint succeeded",
              response: { status: 200, headers: { "content-type": "text/plain" }, body: "OK" },
            },
          },
        ),
        400: ownFailure("The body is wrong, or the target did not answer with a 2xx status.", {
          testPostFailed: TEST_POST_FAILURE,
          invalid: INVALID_EXAMPLE,
        }),
      },
      fails: [404, 413, 415],
    }),
  },
  "/api/v1/webhooks/{id}/batch-status": {
    parameters,
    get: managementCall({
      operationId: "retrieveBatchStatus",
      tags,
      summary: "Retrieve the status of batches",
      description:
        "The batches of the last 24 hours that failed, and those that were delivered after failing, newest first. " +
        "Those that expired or overflowed are among them, also before any attempt: they were not delivered. Batches that were " +
        "delivered at once are not in it, nor those that were discarded or split before an attempt; the webhook's " +
        "`batches` tell of these too.",
      grant: "webhooks/view",
      isOriginal: true,
      parameters: [limitParameter({ default: STATUS_ROWS, max: STATUS_ROWS })],
      answers: {
        200: answer("The batches.", results(listOf(ref("BatchStatus"))), {
          results: [
            {
              batch_id: EXAMPLE_BATCH_ID,
              ts: "2026-03-02T21:38:08.000Z",
              attempts: 7,
              response_code: "200",
              latency: 160,
              batch_size: 1_337,
              webhook_id: EXAMPLE_ID,
            },
          ],
        }),
      },
      fails: [400, 404],
    }),
  },
  "/api/v1/webhooks/{id}/rotate-secret": {
    parameters,
    post: managementCall({
      operationId: "rotateSigningSecret",
      tags,
      summary: "Change the signing secret",
      description:
        "`secret`, or a new one that is made and shown once, signs from now on. The one before goes on signing beside " +
        "it for `overlap_seconds`, so that receivers can change over without losing a batch. The body may be left out.",
      grant: "webhooks/modify",
      isOriginal: false,
      requestBody: jsonBody(
        atMost({ secret: SIGNING_SECRET, overlap_seconds: OVERLAP_SECONDS }),
        { made: { summary: "A secret is made", value: {} }, hour: { value: { overlap_seconds: 3_600 } } },
        { required: false },
      ),
      answers: {
        200: answer(
          "The secret is changed.",
          results(
            exactly({
              id: { type: "string", format: "uuid" },
              signing: exactly(
                {
                  secret: { type: "string", description: "The secret that was made: shown this once." },
                  previous_until: timestampOrNull("Until then the secret before signs too."),
                },
                { optional: ["secret"] },
              ),
            }),
          ),
          {
            results: {
              id: EXAMPLE_ID,
              signing: {
                secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
                previous_until: "2026-03-03T21:38:08.000Z",
              },
            },
          },
        ),
      },
      fails: [400, 404, 413, 415],
    }),
  },
};
