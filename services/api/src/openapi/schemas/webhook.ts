import { MASK } from "@posthorn/core";
import { atMost, exactly, listOf, ownField, ref, timestamp } from "../schema.ts";
import type { Schema } from "../schema.ts";

const MASKED = `\`${MASK}\` stands for a stored secret`;

/** `YYYY-MM-DD HH:MM:SS`. */
const CLOCK_TIME = String.raw`^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$`;

/** How answers show webhooks, and links to them. */
export const WEBHOOK_SCHEMAS: Readonly<Record<string, Schema>> = {
  Webhook: exactly(
    {
      id: { type: "string", format: "uuid" },
      name: { type: "string" },
      target: { type: "string", description: "The URL that batches are POSTed to." },
      events: listOf({ type: "string" }, { description: "The types of events that it gets." }),
      auth_type: { type: "string", enum: ["none", "basic", "oauth2"] },
      auth_request_details: atMost(
        { url: { type: "string" }, body: { type: "object", description: `Its secrets are masked: ${MASKED}.` } },
        { description: "How OAuth2 tokens are fetched; `{}` unless `auth_type` is `oauth2`." },
      ),
      auth_credentials: atMost(
        {
          username: { type: "string" },
          password: { const: MASK },
          access_token: { const: MASK },
          expires_in: { type: "integer", description: "For how many seconds the token was granted." },
        },
        { description: "User and password of `basic`, or the token that `oauth2` has at the moment; else `{}`." },
      ),
      auth_token: { type: "string", enum: ["", MASK], description: `${MASKED}; empty = there is none.` },
      custom_headers: {
        type: "object",
        additionalProperties: { const: MASK },
        description: `Headers that every batch carries; ${MASKED}.`,
      },
      exception_subaccounts: listOf(
        { type: "string" },
        { description: "Subaccounts whose events it does not get, as texts; absent when there are none." },
      ),
      subaccount_id: {
        type: "integer",
        minimum: 0,
        description: "Whose events it gets: `0` = the primary account's; absent = everybody's.",
      },
      active: { type: "boolean" },
      last_successful: {
        type: "string",
        pattern: CLOCK_TIME,
        description: "When it last took a batch; absent = never.",
      },
      last_failure: {
        type: "string",
        pattern: CLOCK_TIME,
        description: "When an attempt last failed; absent = never.",
      },
      paused: ownField({ type: "boolean" }),
      inactive_reason: ownField({
        type: ["string", "null"],
        description: "Why Posthorn itself switched it off, e.g. three answers 410 in a row.",
      }),
      concurrency: ownField({
        type: ["integer", "null"],
        description: "Attempts in flight at the same time; `null` = `WEBHOOK_CONCURRENCY`.",
      }),
      rate_limit: ownField({ type: ["integer", "null"], description: "Attempts per minute; `null` = unlimited." }),
      signing: ownField(
        exactly(
          {
            enabled: { type: "boolean" },
            secret: { const: MASK },
            previous_until: timestamp("Until then the secret before signs too."),
          },
          { optional: ["secret", "previous_until"] },
        ),
      ),
      tls_ca: ownField({
        type: ["string", "null"],
        description: "Authorities, in PEM, that the target's certificate is checked against.",
      }),
      links: listOf(ref("Link")),
    },
    {
      optional: ["exception_subaccounts", "subaccount_id", "last_successful", "last_failure"],
      description: `A webhook. Secrets are never shown: ${MASKED}, and sent back means unchanged.`,
    },
  ),
  Link: exactly({
    href: { type: "string", format: "uri" },
    rel: { type: "string", examples: ["urn.msys.webhooks.webhook"] },
    method: listOf({ type: "string" }, { description: "The methods that work there." }),
  }),
  ChangedWebhook: exactly(
    {
      id: { type: "string", format: "uuid" },
      links: listOf(ref("Link")),
      signing: ownField(
        exactly(
          { secret: { type: "string", description: "A signing secret that was made: shown this once." } },
          { description: "Only when a signing secret was made." },
        ),
      ),
    },
    { optional: ["signing"], description: "What create and update answer." },
  ),
};
