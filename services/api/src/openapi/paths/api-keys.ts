import { managementCall } from "../keyed-call.ts";
import { answer, emptyAnswer, jsonBody } from "../operation.ts";
import type { Parameter, Paths } from "../operation.ts";
import { listOf, ref, results } from "../schema.ts";

const tags = ["API keys"];
const grant = "admin";
const isOriginal = false;

const KEY_ID: Parameter = {
  name: "id",
  in: "path",
  required: true,
  description: "The key's id: the twelve digits in the middle of its text.",
  schema: { type: "string" },
  example: "3f1f4a520000",
  "x-posthorn": true,
};

const COMMON = {
  id: "3f1f4a520000",
  label: "mail server 1",
  grants: ["events/ingest"],
  subaccount_id: null,
  created_at: "2026-03-02T21:38:08.000Z",
  expires_at: null,
} as const;
const SHOWN = { ...COMMON, short_key: "ph_3f1f4a520000", last_used_at: "2026-03-02T21:40:00.000Z" } as const;

/** API keys: create, list, retrieve, revoke. */
export const API_KEY_PATHS: Paths = {
  "/api/v1/api-keys": {
    get: managementCall({
      operationId: "listApiKeys",
      tags,
      summary: "List all API keys",
      description: "Every stored key, without its text. The key of the configuration is none of them.",
      grant,
      isOriginal,
      answers: { 200: answer("The keys.", results(listOf(ref("ApiKey"))), { results: [SHOWN] }) },
      fails: [],
    }),
    post: managementCall({
      operationId: "createApiKey",
      tags,
      summary: "Create an API key",
      description: "Makes a key with the grants that are named. Its text is in this answer and never again.",
      grant,
      isOriginal,
      requestBody: jsonBody(ref("NewApiKey"), {
        sender: { summary: "For a mail server", value: { label: "mail server 1", grants: ["events/ingest"] } },
        bound: {
          summary: "For a customer's developer",
          value: {
            label: "Ada",
            grants: ["webhooks/modify"],
            subaccount_id: 7,
            expires_at: "2030-01-31T12:00:00Z",
          },
        },
      }),
      answers: {
        200: answer("The key, which works from now on.", results(ref("ApiKeyWithText")), {
          results: { ...COMMON, key: "ph_3f1f4a520000_Zm9ydHktdHdvIGJ5dGVzIG9mIHNlY3JldA" },
        }),
      },
      fails: [400, 413, 415],
    }),
  },
  "/api/v1/api-keys/{id}": {
    parameters: [KEY_ID],
    get: managementCall({
      operationId: "retrieveApiKey",
      tags,
      summary: "Retrieve an API key",
      description: "One key, as the list shows it.",
      grant,
      isOriginal,
      answers: { 200: answer("The key.", results(ref("ApiKey")), { results: SHOWN }) },
      fails: [400, 404],
    }),
    delete: managementCall({
      operationId: "revokeApiKey",
      tags,
      summary: "Revoke an API key",
      description: "Within two seconds no process admits the key any more.",
      grant,
      isOriginal,
      answers: { 204: emptyAnswer("It is revoked.") },
      fails: [400, 404],
    }),
  },
};
