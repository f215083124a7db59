import Joi from "joi";
import { GRANTS } from "./api-key.ts";
import type { ApiKey, Grant } from "./api-key.ts";
import { bodyProblems } from "./joi-problems.ts";
import { limitProblems } from "./limit-problems.ts";
import type { Problem } from "./problem.ts";
import { SUBACCOUNT_MAX } from "./subaccount.ts";

/** What the body of `POST /api-keys` asks for. */
export type ApiKeyInput = Pick<ApiKey, "label" | "grants" | "subaccountId" | "expiresAtMs">;

export type ParsedApiKeyInput =
  | { readonly kind: "ok"; readonly input: ApiKeyInput }
  | { readonly kind: "bad"; readonly problems: readonly Problem[] };

export const LABEL_MAX = 64;
/** A day, or a time with its zone: without one, servers in different places would understand different times. */
const ISO_8601 = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

function schema(nowMs: number): Joi.ObjectSchema {
  return Joi.object({
    label: Joi.string()
      .max(LABEL_MAX)
      // Labels are shown on terminals, where a control character is a command.
      .pattern(/^\P{Cc}*$/u, "printable")
      .pattern(/\S/, "visible")
      .required(),
    grants: Joi.array()
      .min(1)
      .items(Joi.string().valid(...GRANTS))
      .required(),
    subaccount_id: Joi.number()
      .integer()
      .min(0)
      .max(SUBACCOUNT_MAX)
      .allow(null)
      .custom((subaccount: number, helpers) =>
        asksForAdmin(helpers) ? helpers.error("subaccount.admin") : subaccount,
      ),
    expires_at: Joi.string()
      .allow(null)
      .custom((text: string, helpers) => {
        const atMs = timeOf(text);
        if (atMs === undefined) return helpers.error("expires.time");
        return atMs > nowMs ? text : helpers.error("expires.past");
      }),
  })
    .required()
    .messages({
      "string.pattern.name": "{{#label}} is blank or holds a control character",
      "array.min": `grants is empty: name at least one of ${GRANTS.join(", ")}`,
      "any.only": `{{#label}} is no grant; there are ${GRANTS.join(", ")}`,
      "subaccount.admin": "A key that is bound to a subaccount cannot have the grant admin: leave one of them out",
      "expires.time": "expires_at is not ISO 8601 with a time zone: send e.g. 2030-01-31 or 2030-01-31T12:00:00Z",
      "expires.past": "expires_at is not in the future",
      "object.base": "The body is not a JSON object",
      "any.required": "{{#label}} is required",
    });
}

/** Validates the body of `POST /api-keys`; lists every problem at once. */
export function parseApiKeyInput(body: unknown, nowMs: number): ParsedApiKeyInput {
  const problems = bodyProblems(body, schema(nowMs));
  if (problems.length > 0) return { kind: "bad", problems: limitProblems(problems) };
  const input = body as {
    readonly label: string;
    readonly grants: readonly Grant[];
    readonly subaccount_id?: number | null;
    readonly expires_at?: string | null;
  };
  return {
    kind: "ok",
    input: {
      label: input.label,
      grants: [...new Set(input.grants)],
      subaccountId: input.subaccount_id ?? null,
      expiresAtMs: timeOf(input.expires_at ?? "") ?? null,
    },
  };
}

function asksForAdmin(helpers: Joi.CustomHelpers): boolean {
  const body = (helpers.state.ancestors as readonly unknown[])[0] as { readonly grants?: unknown };
  return Array.isArray(body.grants) && body.grants.includes("admin");
}

function timeOf(text: string): number | undefined {
  if (!ISO_8601.test(text)) return undefined;
  const atMs = Date.parse(text);
  // `Date` takes the 30th of February for the 2nd of March.
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(atMs) || !day.toISOString().startsWith(text.slice(0, 10)) ? undefined : atMs;
}
