import { INVALID_EXAMPLE, ownFailure } from "../failures.ts";
import {
  CREATED_WEBHOOK,
  DETAILED_WEBHOOK,
  LISTED_WEBHOOK,
  NEW_WEBHOOK,
  OAUTH_SETTINGS,
  TEST_POST_FAILURE,
  TOKEN_FAILURE,
  UPDATED_WEBHOOK,
} from "../examples.ts";
import { managementCall } from "../keyed-call.ts";
import { answer, emptyAnswer, jsonBody } from "../operation.ts";
import type { Paths } from "../operation.ts";
import { SUBACCOUNT, TIME_ZONE, WEBHOOK_ID } from "../parameters.ts";
import { listOf, ref, results } from "../schema.ts";

const tags = ["Webhooks"];

const INVALID_OR_REFUSED = ownFailure(
  "Something in the body or headers is wrong, or the target (or token URL) did not answer as it should: nothing is stored.",
  { invalid: INVALID_EXAMPLE, testPostFailed: TEST_POST_FAILURE, tokenRequestFailed: TOKEN_FAILURE },
);

/** Webhooks: create, list, retrieve, update, delete. */
export const WEBHOOK_PATHS: Paths = {
  "/api/v1/webhooks": {
    parameters: [SUBACCOUNT],
    get: managementCall({
      operationId: "listWebhooks",
      tags,
      summary: "List all webhooks",
      description: "Every webhook that the key may see; there are no pages.",
      grant: "webhooks/view",
      isOriginal: true,
      parameters: [TIME_ZONE],
      answers: { 200: answer("The webhooks.", results(listOf(ref("Webhook"))), { results: [LISTED_WEBHOOK] }) },
      fails: [400],
    }),
    post: managementCall({
      operationId: "createWebhook",
      tags,
      summary: "Create a webhook",
      description:
        'Sends a test POST with the body `[{"msys":{}}]` to the target, after fetching a token when `auth_type` is ' +
        "`oauth2`, and stores the webhook when that is answered with a 2xx status; redirects are not followed. When " +
        "this call has answered, events that are sent from then on reach the target, whichever process takes them.",
      grant: "webhooks/modify",
      isOriginal: true,
      requestBody: jsonBody(ref("NewWebhook"), {
        token: { summary: "With a token", value: NEW_WEBHOOK },
        basic: {
          summary: "With HTTP Basic",
          value: { ...NEW_WEBHOOK, auth_type: "basic", auth_credentials: { username: "posthorn", password: "s3cret" } },
        },
        oauth2: { summary: "With OAuth2 client credentials", value: { ...NEW_WEBHOOK, ...OAUTH_SETTINGS } },
        signed: { summary: "With signatures", value: { ...NEW_WEBHOOK, signing: { enabled: true } } },
      }),
      answers: {
        200: answer("It is stored and active.", results(ref("ChangedWebhook")), { results: CREATED_WEBHOOK }),
        400: INVALID_OR_REFUSED,
      },
      fails: [413, 415],
    }),
  },
  "/api/v1/webhooks/{id}": {
    parameters: [WEBHOOK_ID, SUBACCOUNT],
    get: managementCall({
      operationId: "retrieveWebhook",
      tags,
      summary: "Retrieve a webhook",
      description: "One webhook, as the list shows it, with links to what can be done with it.",
      grant: "webhooks/view",
      isOriginal: true,
      parameters: [TIME_ZONE],
      answers: { 200: answer("The webhook.", results(ref("Webhook")), { results: DETAILED_WEBHOOK }) },
      fails: [400, 404],
    }),
    put: managementCall({
      operationId: "updateWebhook",
      tags,
      summary: "Update a webhook",
      description:
        "Changes what the body names; what it leaves out stays. A new `target` gets the test POST first, and a change " +
        "of how the target is reached fetches a new token; when that fails, nothing changes. The update applies to " +
        "batches that already wait, too: a repaired target gets its back-log at once.",
      grant: "webhooks/modify",
      isOriginal: true,
      requestBody: jsonBody(ref("WebhookUpdate"), {
        rename: { summary: "Other name and events", value: { name: "Renamed", events: ["delivery", "bounce"] } },
        off: { summary: "Switch it off", value: { active: false } },
      }),
      answers: {
        200: answer("It is changed.", results(ref("ChangedWebhook")), { results: UPDATED_WEBHOOK }),
        400: INVALID_OR_REFUSED,
      },
      fails: [404, 413, 415],
    }),
    delete: managementCall({
      operationId: "deleteWebhook",
      tags,
      summary: "Delete a webhook",
      description:
        "When this call has answered, no attempt starts any more; the webhook's waiting batches are deleted. With " +
        "`drain=true` they still go out, as the original does it, and the webhook is gone all the same.",
      grant: "webhooks/modify",
      isOriginal: true,
      parameters: [
        {
          name: "drain",
          in: "query",
          description: "Whether what waits for the webhook still goes out.",
          schema: { type: "boolean", default: false },
          "x-posthorn": true,
        },
      ],
      answers: { 204: emptyAnswer("It is deleted.") },
      fails: [400, 404],
    }),
  },
};
