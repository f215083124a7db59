import { MASK } from "@posthorn/core";
import { count, exactly, listOf, ref } from "../schema.ts";
import type { Schema } from "../schema.ts";

const SECRET = `\`${MASK}\`, or in clear where that was asked for`;

const id: Schema = { type: "string", format: "uuid" };
const name: Schema = { type: "string" };
const signing: Schema = exactly(
  { secret: { type: "string", description: "A signing secret that was made: shown this once." } },
  { description: "Only when a signing secret was made." },
);

/** Files of definitions, and what came of them; what a file may hold is among the webhook's input schemas. */
export const DEFINITION_SCHEMAS: Readonly<Record<string, Schema>> = {
  ExportedDefinition: exactly(
    {
      name,
      target: { type: "string" },
      events: listOf({ type: "string" }),
      active: { type: "boolean" },
      auth_token: { type: "string", description: SECRET },
      auth_type: { type: "string", enum: ["basic", "oauth2"] },
      auth_request_details: exactly({
        url: { type: "string" },
        body: { type: "object", description: `Its secrets: ${SECRET}.` },
      }),
      auth_credentials: exactly(
        { username: { type: "string" }, password: { type: "string", description: SECRET } },
        { optional: ["password"] },
      ),
      custom_headers: { type: "object", additionalProperties: { type: "string", description: SECRET } },
      subaccount_id: { type: "integer", minimum: 0 },
      exception_subaccounts: listOf({ type: "integer" }),
      paused: { type: "boolean" },
      concurrency: { type: "integer" },
      rate_limit: { type: "integer" },
      signing: exactly({ enabled: { const: true }, secret: { type: "string", description: SECRET } }),
      tls_ca: { type: "string" },
    },
    {
      optional: [
        "active",
        "auth_token",
        "auth_type",
        "auth_request_details",
        "auth_credentials",
        "custom_headers",
        "subaccount_id",
        "exception_subaccounts",
        "paused",
        "concurrency",
        "rate_limit",
        "signing",
        "tls_ca",
      ],
      description: "A webhook as a file has it; what is left out has its default.",
    },
  ),
  DefinitionsReport: exactly(
    {
      dry_run: { type: "boolean", description: "`true` = this is what would be done; nothing was." },
      created: listOf(exactly({ id, name, signing }, { optional: ["signing"] })),
      updated: listOf(
        exactly({ id, name, signing, changes: listOf(ref("FieldChange"), { minItems: 1 }) }, { optional: ["signing"] }),
      ),
      removed: listOf(exactly({ id, name }), { description: "Empty: an import removes nothing." }),
      unchanged: count("How many are as the file says."),
      warnings: listOf(
        exactly(
          {
            id,
            name,
            message: { type: "string", description: "What went wrong." },
            description: { type: "string" },
            code: { type: "integer" },
            response: ref("TargetAnswer"),
          },
          { optional: ["description", "code", "response"] },
        ),
        { description: "What was stored although its test POST, or token request, failed." },
      ),
      failed: listOf(
        exactly({ name, errors: listOf({ anyOf: [ref("GeneralError"), ref("ParameterError")] }, { minItems: 1 }) }),
        { description: "What was not done; the rest was." },
      ),
    },
    { description: "What came of a file." },
  ),
  FieldChange: exactly(
    {
      field: { type: "string", description: "A field of the webhook." },
      from: { description: "Its value before." },
      to: { description: "Its value after." },
    },
    { description: `A difference. Secrets are masked: one that is replaced shows \`${MASK}\` on both sides.` },
  ),
};
