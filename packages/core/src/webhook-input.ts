import { X509Certificate } from "node:crypto";
import Joi from "joi";
import { bodyProblems, withoutProto } from "./joi-problems.ts";
import { parseUrl } from "./parse-url.ts";
import type { Problem } from "./problem.ts";
import { parseSigningSecret } from "./signing-secret.ts";
import { SUBACCOUNT_MAX } from "./subaccount.ts";

/** What the body of a create or update asks for, field by field; absent = not given. Masks are still in it. */
export interface WebhookInput {
  readonly name?: string;
  readonly target?: string;
  readonly events?: readonly string[];
  readonly active?: boolean;
  readonly auth_token?: string | null;
  readonly auth_type?: "none" | "basic" | "oauth2";
  readonly auth_request_details?: { readonly url?: string; readonly body?: Readonly<Record<string, unknown>> };
  readonly auth_credentials?: { readonly username?: string; readonly password?: string };
  readonly custom_headers?: Readonly<Record<string, string>>;
  readonly subaccount_id?: number;
  readonly exception_subaccounts?: readonly (number | string)[];
  readonly paused?: boolean;
  readonly concurrency?: number | null;
  readonly rate_limit?: number | null;
  readonly signing?: { readonly enabled?: boolean; readonly secret?: string; readonly overlap_seconds?: number };
  readonly tls_ca?: string | null;
}

/** The fields that can be taken, and what is wrong with the others. */
export interface ParsedInput {
  readonly input: WebhookInput;
  readonly problems: readonly Problem[];
}

interface ParseOptions {
  readonly isKnownEventType: (type: string) => boolean;
  /** The webhook that is updated, which may be named in the body; `undefined` = one is created. */
  readonly id: string | undefined;
}

export const NAME_MAX = 256;
export const TARGET_MAX = 2_048;
export const TOKEN_MAX = 1_024;
export const CREDENTIAL_MAX = 1_024;
const TOKEN_REQUEST_MAX = 8_192;
export const EXCEPTIONS_MAX = 10;
export const CA_MAX = 65_536;
export const CONCURRENCY_MAX = 1_000;
export const RATE_LIMIT_MAX = 60_000;
export const OVERLAP_SECONDS_MAX = 30 * 86_400;

const url = Joi.string()
  .max(TARGET_MAX)
  .custom((text: string, helpers) => {
    // A URL parser drops line breaks and trims; what is stored is to be exactly what is called.
    return parseUrl(text) !== undefined && /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) ? text : helpers.error("text.url");
  });

/** A header value: visible characters, spaces only between them, no line breaks. */
const token = Joi.string()
  .allow("", null)
  .max(TOKEN_MAX)
  .pattern(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/)
  .messages({
    "string.pattern.base": "auth_token is sent as a header: use printable ASCII characters, no space at either end",
  });

/** A user that Basic can carry. */
export const BASIC_USER = /^[^:\p{Cc}]+$/u;

const authCredentials = Joi.object({
  username: Joi.string()
    .max(CREDENTIAL_MAX)
    .pattern(BASIC_USER)
    .messages({ "string.pattern.base": "{{#label}} holds a colon or a control character, which Basic cannot carry" }),
  password: Joi.string()
    .allow("")
    .max(CREDENTIAL_MAX)
    .pattern(/^\P{Cc}+$/u)
    .messages({ "string.pattern.base": "{{#label}} holds a control character, which Basic cannot carry" }),
  // What GET shows of an OAuth2 token comes back with it.
  access_token: Joi.any(),
  expires_in: Joi.any(),
});

const authRequestDetails = Joi.object({
  url,
  body: Joi.object()
    .min(1)
    .unknown()
    .custom((body: object, helpers) =>
      JSON.stringify(body).length <= TOKEN_REQUEST_MAX ? body : helpers.error("body.large"),
    ),
}).and("url", "body");

const signing = Joi.object({
  enabled: Joi.boolean().strict(),
  secret: Joi.string().custom((text: string, helpers) =>
    /^\*+$/.test(text) || parseSigningSecret(text) !== undefined ? text : helpers.error("signing.secret"),
  ),
  overlap_seconds: Joi.number().integer().min(0).max(OVERLAP_SECONDS_MAX),
  previous_until: Joi.any(),
}).allow(null);

const tlsCa = Joi.string()
  .allow("", null)
  .max(CA_MAX)
  .custom((text: string, helpers) => (isCertificates(text) ? text : helpers.error("tls_ca.pem")));

function isCertificates(text: string): boolean {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const rest = blocks.reduce((left, block) => left.replace(block, ""), text);
  if (blocks.length === 0 || rest.trim() !== "") return false;
  return blocks.every(isCertificate);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

const subaccountNumber = Joi.alternatives(
  Joi.number().integer().min(1).max(SUBACCOUNT_MAX),
  Joi.string().pattern(/^[1-9]\d{0,9}$/),
).messages({
  "string.pattern.base": "{{#label}} is no number of a subaccount, from 1",
  "alternatives.match": "{{#label}} is no number of a subaccount, from 1",
  "alternatives.types": "{{#label}} is no number of a subaccount, from 1",
});

/** Fields that only Posthorn sets; clients send them back as they got them from GET. */
const ECHOED = { links: Joi.any(), last_successful: Joi.any(), last_failure: Joi.any(), inactive_reason: Joi.any() };

/** Never repeated in an answer. */
const SECRETS = new Set([
  "auth_token",
  "auth_request_details",
  "auth_credentials",
  "custom_headers",
  "signing",
  "tls_ca",
]);

type IsKnown = ParseOptions["isKnownEventType"];

/** Building a schema takes ten times as long as checking a body by it, and a file of definitions has many. */
const built = new WeakMap<IsKnown, { readonly create: Joi.ObjectSchema; readonly update: Joi.ObjectSchema }>();

function schema({ isKnownEventType, id }: ParseOptions): Joi.ObjectSchema {
  const schemas = built.get(isKnownEventType) ?? {
    create: buildSchema(isKnownEventType, { isNew: true }),
    update: buildSchema(isKnownEventType, { isNew: false }),
  };
  built.set(isKnownEventType, schemas);
  if (id === undefined) return schemas.create;
  // A foreign id is refused as the original does it (facts §1.4).
  return schemas.update.keys({ id: Joi.any().valid(id).messages({ "any.only": "Unknown parameter" }) });
}

function buildSchema(isKnownEventType: IsKnown, { isNew }: { readonly isNew: boolean }): Joi.ObjectSchema {
  const presence = isNew ? "required" : "optional";
  const events = Joi.array()
    .min(1)
    .messages(isNew ? { "array.min": "{{#label}} is empty: name at least one" } : {})
    .items(
      Joi.string().custom((type: string, helpers) => (isKnownEventType(type) ? type : helpers.error("events.unknown"))),
    );
  const exceptions = Joi.array()
    .items(subaccountNumber)
    .max(EXCEPTIONS_MAX)
    .custom((list: readonly unknown[], helpers) => {
      // Joi's own rule compares each with each.
      const numbers = list.filter((entry) => typeof entry === "string" || typeof entry === "number").map(String);
      return new Set(numbers).size === numbers.length ? list : helpers.error("exceptions.twice");
    });
  return Joi.object({
    name: Joi.string().max(NAME_MAX).pattern(/\S/).presence(presence),
    target: url.presence(presence),
    events: events.presence(presence),
    active: Joi.boolean().strict(),
    auth_token: token,
    auth_type: Joi.string().valid("none", "basic", "oauth2"),
    auth_request_details: authRequestDetails,
    auth_credentials: authCredentials,
    custom_headers: Joi.object().pattern(Joi.string().allow(""), Joi.string().allow("")),
    subaccount_id: Joi.number().integer().min(-1).max(SUBACCOUNT_MAX),
    exception_subaccounts: isNew ? exceptions.min(1) : exceptions,
    paused: Joi.boolean().strict(),
    concurrency: Joi.number().integer().min(1).max(CONCURRENCY_MAX).allow(null),
    rate_limit: Joi.number().integer().min(1).max(RATE_LIMIT_MAX).allow(null),
    signing,
    tls_ca: tlsCa,
    ...ECHOED,
  })
    .required()
    .messages({
      "text.url": "{{#label}} is not an absolute http or https URL",
      "events.unknown": "{{#label}} is not a known event type; GET /api/v1/webhooks/events/documentation lists them",
      "body.large": `{{#label}} is larger than ${TOKEN_REQUEST_MAX} characters as JSON`,
      "signing.secret": "{{#label}} is not whsec_ and 24 to 64 bytes in base64; leave it out and one is made",
      "tls_ca.pem": "tls_ca is not a list of certificates in PEM form",
      "string.pattern.base": "{{#label}} is empty",
      "array.min": "{{#label}} is empty: name at least one, or leave it out",
      "array.max": "{{#label}} has more than {{#limit}} entries",
      "exceptions.twice": "{{#label}} names a subaccount twice: name each once",
      "object.and": "{{#label}} needs both url and body",
      "object.min": "{{#label}} is empty",
      "object.base": "{{#label}} is not a JSON object",
      "any.required": "{{#label}} is required",
    });
}

/** Checks the body of `POST /webhooks` or `PUT /webhooks/{id}` field by field; finds every problem at once. */
export function parseWebhook(body: unknown, options: ParseOptions): ParsedInput {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { input: {}, problems: [{ message: "The body is not a JSON object" }] };
  }
  const problems = bodyProblems(body, schema(options), SECRETS);
  if (problems.some(({ param }) => param === undefined)) return { input: {}, problems };
  const bad = new Set(problems.map(({ param }) => fieldOf(param)));
  const input = Object.fromEntries(Object.entries(withoutProto(body)).filter(([name]) => !bad.has(name)));
  return { input, problems };
}

/** The field of the body that a problem's `param` lies in, e.g. `events` for `events[2]`. */
export function fieldOf(param: string | undefined): string {
  return param?.split(/[.[]/, 1)[0] ?? "";
}
