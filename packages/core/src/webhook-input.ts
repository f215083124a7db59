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

const target = Joi.string()
  .max(TARGET_MAX)
  .custom((text: string, helpers) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && /^https?:$/.test(url.protocol) && /^https?:\/\//i.test(text)
      ? text
      : helpers.error("target.url");
  });

/** A header value: visible characters, spaces between them, no line breaks. */
const token = Joi.string()
  .allow("", null)
  .max(TOKEN_MAX)
  .pattern(/^[\x20-\x7e]*$/)
  .messages({ "string.pattern.base": "auth_token is sent as a header: use printable ASCII characters only" });

/** Read-only or not yet supported fields that clients send back as they got them from GET. */
const ECHOED = {
  links: Joi.any(),
  last_successful: Joi.any(),
  last_failure: Joi.any(),
  auth_type: Joi.valid("none"),
  auth_request_details: Joi.object().length(0),
  auth_credentials: Joi.object().length(0),
  custom_headers: Joi.object().length(0),
};

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
    auth_token: token,
    active: Joi.boolean().strict(),
    ...ECHOED,
    ...(ownId === undefined ? {} : { id: Joi.string().valid(ownId) }),
  })
    .required()
    .messages({
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
  const { value, error } = joi.validate(body, {
    abortEarly: false,
    convert: false,
    errors: { wrap: { label: false } },
  }) as { value: Record<string, unknown>; error?: Joi.ValidationError };
  if (error !== undefined) return { kind: "bad", problems: error.details.map(problemOf) };
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

function problemOf({ type, message, path, context }: Joi.ValidationErrorItem): Problem {
  const param = path.join(".").replaceAll(/\.(\d+)/g, "[$1]");
  const isUnknown = type === "object.unknown" || (type === "any.only" && param === "id");
  const value: unknown = context?.["value"];
  const isShown =
    param !== "auth_token" && value !== undefined && (JSON.stringify(value) ?? "").length <= SHOWN_MAX && param !== "";
  return {
    message: isUnknown ? "Unknown parameter" : message,
    ...(param === "" ? {} : { param }),
    ...(isShown ? { value } : {}),
  };
}
