import { EXAMPLE_ID } from "../parameters.ts";
import { NEW_WEBHOOK, TEST_POST_FAILURE } from "../examples.ts";
import { managementCall } from "../keyed-call.ts";
import { answer, jsonBody } from "../operation.ts";
import type { Parameter, Paths } from "../operation.ts";
import { listOf, ref, results } from "../schema.ts";

const tags = ["Definitions"];
const isOriginal = false;

const SECRETS: Parameter = {
  name: "secrets",
  in: "query",
  description:
    "`clear` = secrets as they are, so that the file can be imported into another Posthorn; this needs the grant " +
    "`admin`. Without it they are masked, and the file can be imported where they are known.",
  schema: { type: "string", enum: ["clear"] },
  "x-posthorn": true,
};

const DRY_RUN: Parameter = {
  name: "dry_run",
  in: "query",
  description: "`true` = only tell what would be done.",
  schema: { type: "boolean", default: false },
  "x-posthorn": true,
};

const MODE: Parameter = {
  name: "mode",
  in: "query",
  description:
    "`provision` = tell what would be done if the list were in `WEBHOOKS_FILE`, which also removes what has left it. " +
    "Only with `dry_run=true`.",
  schema: { type: "string", enum: ["import", "provision"], default: "import" },
  "x-posthorn": true,
};

const INSIST: Parameter = {
  name: "insist",
  in: "query",
  description:
    "`true` = a webhook whose target fails the test POST is not stored; otherwise that is a warning, and it is stored.",
  schema: { type: "boolean", default: false },
  "x-posthorn": true,
};

/** All webhooks as one file. */
export const DEFINITION_PATHS: Paths = {
  "/api/v1/definitions": {
    get: managementCall({
      operationId: "exportDefinitions",
      tags,
      summary: "Export all webhooks as a file",
      description:
        "The list is in the format that `PUT` takes, which is that of a Momentum's `webhooks.json` with further fields. " +
        "Only for calls that are made for all subaccounts.",
      grant: "webhooks/view",
      isOriginal,
      parameters: [SECRETS],
      answers: {
        200: answer("The content of the file.", results(listOf(ref("ExportedDefinition"))), {
          results: [NEW_WEBHOOK],
        }),
      },
      fails: [400],
    }),
    put: managementCall({
      operationId: "importDefinitions",
      tags,
      summary: "Import webhooks from a file",
      description:
        "Creates and updates webhooks until all are as the list says; those that it does not name stay, and so do " +
        "fields that it leaves out. A webhook is told by its name, else by its target. A mistake anywhere in the list " +
        "is answered with 400 and every mistake's place, and nothing is stored. The same list a second time changes " +
        "nothing. Only for calls that are made for all subaccounts.",
      grant: "webhooks/modify",
      isOriginal,
      parameters: [DRY_RUN, MODE, INSIST],
      requestBody: jsonBody(listOf(ref("Definition")), {
        momentum: {
          summary: "A Momentum's webhooks.json",
          value: [
            NEW_WEBHOOK,
            { target: "https://log.example.com/events", events: ["bounce"], custom_headers: { "x-api-key": "s3cret" } },
          ],
        },
      }),
      answers: {
        200: answer("What was done, or of a dry run what would be.", results(ref("DefinitionsReport")), {
          results: {
            dry_run: false,
            created: [{ id: "39ad00cf-c903-5e03-b4f2-fb3c3cbaa95c", name: "https://log.example.com/events" }],
            updated: [
              {
                id: EXAMPLE_ID,
                name: NEW_WEBHOOK.name,
                changes: [{ field: "events", from: ["injection"], to: NEW_WEBHOOK.events }],
              },
            ],
            removed: [],
            unchanged: 0,
            warnings: [
              {
                id: "39ad00cf-c903-5e03-b4f2-fb3c3cbaa95c",
                name: "https://log.example.com/events",
                ...TEST_POST_FAILURE,
              },
            ],
            failed: [],
          },
        }),
      },
      fails: [400, 413, 415],
    }),
  },
};
