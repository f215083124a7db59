import { BATCH_STATES } from "@posthorn/store";
import { BATCH_ROWS } from "../../routes/batches.ts";
import { refused } from "../../batches/refusals.ts";
import type { Refusal } from "../../batches/refusals.ts";
import { ownFailure } from "../failures.ts";
import { managementCall } from "../keyed-call.ts";
import type { KeyedCall } from "../keyed-call.ts";
import { answer } from "../operation.ts";
import type { Answer, Operation, Parameter, Paths } from "../operation.ts";
import { BATCH_ID, EXAMPLE_BATCH_ID, limitParameter, SUBACCOUNT, WEBHOOK_ID } from "../parameters.ts";
import { count, exactly, listOf, ref, results } from "../schema.ts";

const tags = ["Batches"];
const isOriginal = false;
const ofWebhook = [WEBHOOK_ID, SUBACCOUNT];
const ofBatch = [WEBHOOK_ID, BATCH_ID, SUBACCOUNT];

const STATE: Parameter = {
  name: "state",
  in: "query",
  description: "Only batches in this state, or in one of several with commas between them, e.g. `waiting,scheduled`.",
  schema: listOf({ type: "string", enum: BATCH_STATES }, { minItems: 1 }),
  style: "form",
  explode: false,
  "x-posthorn": true,
};

const CURSOR: Parameter = {
  name: "cursor",
  in: "query",
  description: "Where the answer before ended: its `cursor`, as it is.",
  schema: { type: "string" },
  "x-posthorn": true,
};

const BATCH_EXAMPLE = {
  id: EXAMPLE_BATCH_ID,
  state: "scheduled",
  events: 1_337,
  body_bytes: 912_004,
  attempts: 2,
  failed_attempts: 2,
  created_at: "2026-03-02T21:38:08.000Z",
  sealed_at: "2026-03-02T21:38:38.000Z",
  next_attempt_at: "2026-03-02T21:44:41.000Z",
  expires_at: "2026-03-03T01:38:38.000Z",
  ended_at: null,
  last_attempt: {
    at: "2026-03-02T21:39:41.000Z",
    status: 503,
    error_code: null,
    message: "The target answered 503",
  },
};

function refusals(...reasons: readonly Refusal[]): Answer {
  return ownFailure(
    "The state does not allow it, which the message tells with what to do; or the batch is only known from its record.",
    Object.fromEntries(reasons.map((reason) => [reason, { message: refused(reason).message }])),
  );
}

type Action = Pick<KeyedCall, "operationId" | "summary" | "description"> & { readonly refusals: readonly Refusal[] };

function batchAction({ refusals: reasons, ...call }: Action): Operation {
  return managementCall({
    ...call,
    tags,
    isOriginal,
    grant: "webhooks/modify",
    answers: {
      200: answer(
        "It is done.",
        results(
          exactly({
            batches: { const: 1, description: "How many batches it concerned." },
            batch: {
              anyOf: [ref("Batch"), { type: "null" }],
              description: "The batch as it is now; `null` when it is gone meanwhile.",
            },
          }),
        ),
        { results: { batches: 1, batch: BATCH_EXAMPLE } },
      ),
      400: refusals(...reasons),
    },
    fails: [404, 413],
  });
}

function webhookAction(call: Pick<KeyedCall, "operationId" | "summary" | "description" | "answers">): Operation {
  return managementCall({ tags, isOriginal, grant: "webhooks/modify", fails: [400, 404, 413], ...call });
}

const batchCount = answer("It is done.", results(exactly({ batches: count("How many batches it concerned.") })), {
  results: { batches: 12 },
});

function pausedAnswer(paused: boolean): Answer {
  return answer("It is done.", results(exactly({ paused: { const: paused } })), { results: { paused } });
}

/** What waits for a webhook: seen and steered. */
export const BATCH_PATHS: Paths = {
  "/api/v1/webhooks/{id}/batches": {
    parameters: ofWebhook,
    get: managementCall({
      operationId: "listBatches",
      tags,
      summary: "List the batches of a webhook",
      description:
        "First those that are still here, oldest first within each state; then, newest first, those that ended: what " +
        "was retried, expired, overflowed, discarded or split in the last 24 hours, and the last hundred that were delivered at " +
        "once. A page may have less than `limit`; `cursor` is `null` after the last one.",
      grant: "webhooks/view",
      isOriginal,
      parameters: [STATE, limitParameter(BATCH_ROWS), CURSOR],
      answers: {
        200: answer(
          "A page of batches.",
          exactly({
            results: listOf(ref("Batch")),
            cursor: { type: ["string", "null"], description: "For the next page." },
          }),
          { results: [BATCH_EXAMPLE], cursor: null },
        ),
      },
      fails: [400, 404],
    }),
  },
  "/api/v1/webhooks/{id}/batches/{batch}": {
    parameters: ofBatch,
    get: managementCall({
      operationId: "retrieveBatch",
      tags,
      summary: "Retrieve a batch",
      description: "One batch as the list shows it.",
      grant: "webhooks/view",
      isOriginal,
      answers: { 200: answer("The batch.", results(ref("Batch")), { results: BATCH_EXAMPLE }) },
      fails: [400, 404],
    }),
  },
  "/api/v1/webhooks/{id}/batches/{batch}/attempts": {
    parameters: ofBatch,
    get: managementCall({
      operationId: "listBatchAttempts",
      tags,
      summary: "List the attempts of a batch",
      description: "The last twenty at most, oldest first, with the beginning of what the target answered.",
      grant: "webhooks/view",
      isOriginal,
      answers: {
        200: answer("The attempts.", results(listOf(ref("BatchAttempt"))), {
          results: [
            {
              attempt: 1,
              outcome: "failed",
              at: "2026-03-02T21:38:41.000Z",
              lane: "fresh",
              latency_ms: 6_000,
              status: null,
              error_code: "ETIMEDOUT",
              message: "The target did not answer in time: no answer within the time of an attempt",
              next_attempt_at: "2026-03-02T21:39:41.000Z",
              response_body: null,
            },
          ],
        }),
      },
      fails: [400, 404],
    }),
  },
  "/api/v1/webhooks/{id}/pause": {
    parameters: ofWebhook,
    post: webhookAction({
      operationId: "pauseWebhook",
      summary: "Pause a webhook",
      description: "Its events are still collected, but nothing is tried, and the clocks of its batches stand still.",
      answers: { 200: pausedAnswer(true) },
    }),
  },
  "/api/v1/webhooks/{id}/resume": {
    parameters: ofWebhook,
    post: webhookAction({
      operationId: "resumeWebhook",
      summary: "Resume a webhook",
      description:
        "What waits is tried again, oldest first; a batch that follows its own schedule keeps its time (`retry` makes it due).",
      answers: { 200: pausedAnswer(false) },
    }),
  },
  "/api/v1/webhooks/{id}/retry": {
    parameters: ofWebhook,
    post: webhookAction({
      operationId: "retryWebhook",
      summary: "Try everything that waits at once",
      description:
        "What waits or is scheduled is due now, oldest first, and the webhook does not count as failing any more; a " +
        "pause that its target asked for ends. Batches that are paused for themselves stay so.",
      answers: { 200: batchCount, 400: refusals("paused", "all-paused", "inactive") },
    }),
  },
  "/api/v1/webhooks/{id}/discard": {
    parameters: ofWebhook,
    post: webhookAction({
      operationId: "discardBatches",
      summary: "Discard everything that waits",
      description:
        "Deletes the closed batches that wait, also paused ones: their events are lost. What is in flight stays, and " +
        "so does the open batch.",
      answers: { 200: batchCount },
    }),
  },
  "/api/v1/webhooks/{id}/batches/{batch}/retry": {
    parameters: ofBatch,
    post: batchAction({
      operationId: "retryBatch",
      summary: "Try a batch before all others",
      description:
        "Also while its webhook is failing or its target asked for a pause; a paused batch is resumed. When this attempt " +
        "fails, it counts: the next one follows after the schedule's next delay.",
      refusals: ["in-flight", "open", "paused", "all-paused", "inactive"],
    }),
  },
  "/api/v1/webhooks/{id}/batches/{batch}/discard": {
    parameters: ofBatch,
    post: batchAction({
      operationId: "discardBatch",
      summary: "Discard a batch",
      description: "Deletes it: its events are lost.",
      refusals: ["in-flight", "open"],
    }),
  },
  "/api/v1/webhooks/{id}/batches/{batch}/pause": {
    parameters: ofBatch,
    post: batchAction({
      operationId: "pauseBatch",
      summary: "Pause a batch",
      description:
        "It is not tried until it is resumed or retried, and its clock stands still. One that is in flight is paused " +
        "when its attempt ends without success.",
      refusals: ["open"],
    }),
  },
  "/api/v1/webhooks/{id}/batches/{batch}/resume": {
    parameters: ofBatch,
    post: batchAction({
      operationId: "resumeBatch",
      summary: "Resume a batch",
      description: "It is due at once, in its old place, and its clock goes on with what was left.",
      refusals: ["open"],
    }),
  },
};
