import Joi from "joi";
import type { Problem } from "./problem.ts";
import { TOKEN_MASK } from "./webhook-view.ts";

/** What a create or update body asks for; absent = not given. */
export interface WebhookInput {
  readonly name?: string;
  readonly target?: string;
  readonly events?: readonly string[];
  /** `null` = none; absent also when the mask was sent back, which means unchanged. */
  readonly authToken?: string | null;
  readonly active?: boolean;
}

export type ParsedInput =
  | { readonly kind: "ok"; readonly input: WebhookInput }
  | { readonly kind: "bad"; readonly problems: readonly Problem[] };

const NAME_MAX = 256;
const TARGET_MAX = 2_048;
const TOKEN_MAX = 1_024;
/** Values longer than this are not repeated in an answer. */
const SHOWN_MAX = 256;
/** A body of a hundred thousand mistakes gets no answer of that length. */
const PROBLEMS_MAX = 100;

const target = Joi.string()
  .max(TARGET_MAX)
  .custom((text: string, helpers) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    // A URL parser drops line breaks and trims; what is stored is to be exactly what is called.
    return url !== undefined && /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) ? text : helpers.error("target.url");
  });

/** A header value: visible characters, spaces only between them, no line breaks. */
const token = Joi.string()
  .allow("", null)
  .max(TOKEN_MAX)
  .pattern(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/)
  .messages({
    "string.pattern.base": "auth_token is sent as a header: use printable ASCII characters, no space at either end",
    "any.invalid": "auth_token is the mask that stands for a stored token: send the token itself",
  });

const emptyObject = Joi.any().custom((value: unknown, helpers) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
    ? value
    : helpers.error("field.unsupported"),
);

/** Fields that clients send back as they got them from GET: read-only, or supported in their empty form only. */
const ECHOED = {
  links: Joi.any(),
  last_successful: Joi.any(),
  last_failure: Joi.any(),
  auth_type: Joi.any().custom((value: unknown, helpers) =>
    value === "none" ? value : helpers.error("field.unsupported"),
  ),
  auth_request_details: emptyObject,
  auth_credentials: emptyObject,
  custom_headers: emptyObject,
};

/** Never repeated in an answer. */
const SECRETS = new Set(["auth_token", "auth_request_details", "auth_credentials", "custom_headers"]);

function schema(isKnownEventType: (type: string) => boolean, presence: "required" | "optional", ownId?: string) {
  const events = Joi.array()
    .min(1)
    .items(
      Joi.string().custom((type: string, helpers) => (isKnownEventType(type) ? type : helpers.error("events.unknown"))),
    );
  return Joi.object({
    name: Joi.string().max(NAME_MAX).pattern(/\S/).presence(presence),
    target: target.presence(presence),
    events: events.presence(presence),
    auth_token: presence === "required" ? token.invalid(TOKEN_MASK) : token,
    active: Joi.boolean().strict(),
    ...ECHOED,
    ...(ownId === undefined ? {} : { id: Joi.string().valid(ownId) }),
  })
    .required()
    .messages({
      "field.unsupported": "{{#label}} is not supported beyond its empty form: leave it out, or use auth_token",
      "target.url": "target is not an absolute http or https URL",
      "events.unknown": "{{#label}} is not a known event type; GET /api/v1/webhooks/events/documentation lists them",
      "string.pattern.base": "{{#label}} is empty",
      "array.min": "events is empty: name at least one event type",
      "object.base": "The body is not a JSON object",
      "any.required": "{{#label}} is required",
    });
}

/** Validates the body of `POST /webhooks`; lists every problem at once. */
export function parseCreate(body: unknown, isKnownEventType: (type: string) => boolean): ParsedInput {
  return parse(body, schema(isKnownEventType, "required"));
}

/**
 * Validates the body of `PUT /webhooks/{id}`: fields that are absent stay as they are. What GET answers is accepted
 * back; an `id` is refused only when it is another one.
 */
export function parseUpdate(body: unknown, id: string, isKnownEventType: (type: string) => boolean): ParsedInput {
  return parse(body, schema(isKnownEventType, "optional", id));
}

function parse(body: unknown, joi: Joi.ObjectSchema): ParsedInput {
  const unknown: Problem[] = isObject(body) && Object.hasOwn(body, "__proto__") ? [UNKNOWN_PROTO] : [];
  const { value, error } = joi.validate(withoutProto(body), {
    abortEarly: false,
    convert: false,
    errors: { wrap: { label: false } },
  }) as { value: Record<string, unknown>; error?: Joi.ValidationError };
  if (error !== undefined || unknown.length > 0) {
    return { kind: "bad", problems: [...unknown, ...(error === undefined ? [] : problemsOf(error))] };
  }
  const {
    name,
    target: url,
    events,
    auth_token: authToken,
    active,
  } = value as {
    name?: string;
    target?: string;
    events?: string[];
    auth_token?: string | null;
    active?: boolean;
  };
  return {
    kind: "ok",
    input: {
      ...(name === undefined ? {} : { name }),
      ...(url === undefined ? {} : { target: url }),
      ...(events === undefined ? {} : { events: [...new Set(events)] }),
      ...(authToken === undefined || authToken === TOKEN_MASK
        ? {}
        : { authToken: authToken === "" ? null : authToken }),
      ...(active === undefined ? {} : { active }),
    },
  };
}

/** Joi overlooks this name, so it is looked for before. */
const UNKNOWN_PROTO: Problem = { message: "Unknown parameter", param: "__proto__" };

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function withoutProto(body: unknown): unknown {
  if (!isObject(body) || !Object.hasOwn(body, "__proto__")) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== "__proto__"));
}

function problemsOf({ details }: Joi.ValidationError): Problem[] {
  const problems = details.slice(0, PROBLEMS_MAX).map(problemOf);
  const left = details.length - problems.length;
  return left === 0 ? problems : [...problems, { message: `There are ${left} more problems: mend these first` }];
}

function problemOf({ type, message, path, context }: Joi.ValidationErrorItem): Problem {
  const param = path.join(".").replaceAll(/\.(\d+)/g, "[$1]");
  const isUnknown = type === "object.unknown" || (type === "any.only" && param === "id");
  const value: unknown = context?.["value"];
  const isShown =
    param !== "" && !SECRETS.has(param) && value !== undefined && (JSON.stringify(value) ?? "").length <= SHOWN_MAX;
  return {
    message: isUnknown ? "Unknown parameter" : message,
    ...(param === "" ? {} : { param }),
    ...(isShown ? { value } : {}),
  };
}
