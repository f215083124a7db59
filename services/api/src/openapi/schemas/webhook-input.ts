import {
  CA_MAX,
  CONCURRENCY_MAX,
  CREDENTIAL_MAX,
  EVERY_SUBACCOUNT,
  EXCEPTIONS_MAX,
  HEADER_BYTES_MAX,
  HEADERS_MAX,
  MASK,
  OVERLAP_SECONDS_DEFAULT,
  OVERLAP_SECONDS_MAX,
  RATE_LIMIT_MAX,
  SUBACCOUNT_MAX,
  TARGET_MAX,
  TOKEN_MAX,
  WEBHOOK_NAME_MAX,
} from "@posthorn/core";
import { atMost, listOf, ownField } from "../schema.ts";
import type { Schema } from "../schema.ts";

const ECHO: Schema = { description: "Taken as GET answers it, and ignored." };

export const SIGNING_SECRET: Schema = {
  type: "string",
  pattern: String.raw`^(?:whsec_[A-Za-z0-9+/]+=*|\*+)$`,
  description: "`whsec_` and 24 to 64 bytes in base64, as Standard Webhooks writes it. Without one, one is made.",
};

export const OVERLAP_SECONDS: Schema = {
  type: "integer",
  minimum: 0,
  maximum: OVERLAP_SECONDS_MAX,
  default: OVERLAP_SECONDS_DEFAULT,
  description: "For how long the secret before goes on signing, beside the new one.",
};

const authRequestDetails = atMost(
  {
    url: { type: "string", maxLength: TARGET_MAX, description: "Where tokens come from." },
    body: {
      type: "object",
      minProperties: 1,
      description: "What is POSTed there, usually `client_id`, `client_secret` and `grant_type`.",
    },
  },
  { description: "For `oauth2`: both members are needed." },
);

const authCredentials = atMost(
  {
    username: { type: "string", maxLength: CREDENTIAL_MAX },
    password: { type: "string", maxLength: CREDENTIAL_MAX },
    access_token: ECHO,
    expires_in: ECHO,
  },
  { description: "For `basic`: `username` is needed." },
);

const signing: Schema = {
  type: ["object", "null"],
  properties: {
    enabled: { type: "boolean" },
    secret: SIGNING_SECRET,
    overlap_seconds: OVERLAP_SECONDS,
    previous_until: ECHO,
  },
  additionalProperties: false,
  description: "Signs every batch as Standard Webhooks says. `null`, or `enabled: false`, ends it.",
};

const fields = {
  name: {
    type: "string",
    maxLength: WEBHOOK_NAME_MAX,
    pattern: String.raw`\S`,
    description:
      "What people tell it by. A new name holds no control characters, such as line breaks, but in definitions.",
  },
  target: {
    type: "string",
    maxLength: TARGET_MAX,
    pattern: String.raw`^[Hh][Tt][Tt][Pp][Ss]?://\S+$`,
    description: "An http or https URL. It gets a test POST first, which it has to answer with a 2xx status.",
  },
  active: { type: "boolean", description: "`false` = it gets no new events, and what waits is not tried." },
  auth_token: {
    type: ["string", "null"],
    maxLength: TOKEN_MAX,
    description: "Sent as `X-MessageSystems-Webhook-Token`; empty or `null` takes it away.",
  },
  auth_type: { type: "string", enum: ["none", "basic", "oauth2"] },
  auth_request_details: authRequestDetails,
  auth_credentials: authCredentials,
  custom_headers: {
    type: "object",
    maxProperties: HEADERS_MAX,
    additionalProperties: { type: "string", minLength: 1 },
    description:
      `Further headers, less than ${HEADER_BYTES_MAX} bytes in all; names that Posthorn or the connection uses are ` +
      "reserved. The object replaces the one before; `{}` takes all away.",
  },
  subaccount_id: {
    type: "integer",
    minimum: EVERY_SUBACCOUNT,
    maximum: SUBACCOUNT_MAX,
    description: "Whose events it gets: `-1` = everybody's, `0` = the primary account's, else that subaccount's.",
  },
  paused: ownField({
    type: "boolean",
    description: "`true` = events are still batched, but nothing is sent, and no batch expires.",
  }),
  concurrency: ownField({
    type: ["integer", "null"],
    minimum: 1,
    maximum: CONCURRENCY_MAX,
    description: "Attempts in flight at the same time; `null` = `WEBHOOK_CONCURRENCY`.",
  }),
  rate_limit: ownField({
    type: ["integer", "null"],
    minimum: 1,
    maximum: RATE_LIMIT_MAX,
    description: "Attempts per minute, evenly spaced; `null` = unlimited.",
  }),
  signing: ownField(signing),
  tls_ca: ownField({
    type: ["string", "null"],
    maxLength: CA_MAX,
    description: "Certificates, in PEM, of the authorities that the target's certificate is checked against.",
  }),
  links: ECHO,
  last_successful: ECHO,
  last_failure: ECHO,
  inactive_reason: ownField(ECHO),
} as const satisfies Readonly<Record<string, Schema>>;

const exceptions: Schema = listOf(
  {
    anyOf: [
      { type: "integer", minimum: 1, maximum: SUBACCOUNT_MAX },
      { type: "string", pattern: String.raw`^[1-9]\d{0,9}$` },
    ],
  },
  {
    maxItems: EXCEPTIONS_MAX,
    uniqueItems: true,
    description: "Subaccounts whose events it does not get; only with `subaccount_id` `-1`.",
  },
);

/** What create and update take. `eventTypes` are those that this Posthorn knows. */
export function webhookInputSchemas(eventTypes: readonly string[]): Readonly<Record<string, Schema>> {
  const events = listOf(
    { type: "string", examples: eventTypes },
    { minItems: 1, description: `The types of events that it gets, of these: ${eventTypes.join(", ")}.` },
  );
  return {
    ValidateMessage: {
      anyOf: [
        {
          type: "object",
          properties: { message: { type: ["object", "array"], description: "An event, or a list of events." } },
          required: ["message"],
        },
        listOf({}, { description: "A list of events." }),
      ],
      description: "What is sent to the target.",
    },
    NewWebhook: {
      ...atMost(
        { ...fields, events, exception_subaccounts: { ...exceptions, minItems: 1 } },
        { description: "A webhook to create; what is left out has its default." },
      ),
      required: ["name", "target", "events"],
    },
    Definition: {
      "x-posthorn": true,
      ...atMost(
        { ...fields, events, exception_subaccounts: exceptions },
        { description: "A webhook in a file; without a name it is called as its target." },
      ),
      required: ["target", "events"],
    },
    WebhookUpdate: atMost(
      {
        ...fields,
        events,
        exception_subaccounts: exceptions,
        id: ownField({ type: "string", description: "May be sent back as it is; no other id is taken." }),
      },
      {
        description:
          "What is to change; all else stays. What GET answered can be sent back: " +
          `\`${MASK}\` leaves a secret as it is.`,
      },
    ),
  };
}
