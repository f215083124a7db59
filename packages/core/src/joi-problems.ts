import type Joi from "joi";
import { isLarge, largeFields, MEMBERS_MAX } from "./large-fields.ts";
import type { Problem } from "./problem.ts";

/** Values longer than this are not repeated in an answer. */
const SHOWN_MAX = 256;
/** Joi overlooks this name, so it is looked for before. */
const UNKNOWN_PROTO: Problem = { message: "Unknown parameter", param: "__proto__" };

/**
 * Everything that is wrong with a body, at once and in the API's words; empty = the body is as `schema` says. What is
 * given for the fields in `secrets`, or below them, is not repeated. A problem without `param` means the whole body.
 */
export function bodyProblems(
  body: unknown,
  schema: Joi.ObjectSchema,
  secrets: ReadonlySet<string> = new Set(),
): Problem[] {
  if (!isObject(body)) return joiProblems(body, schema, secrets);
  if (isLarge(body)) return [{ message: `The body has more than ${MEMBERS_MAX} fields` }];
  const problems = Object.hasOwn(body, "__proto__") ? [UNKNOWN_PROTO] : [];
  const fields = withoutProto(body);
  const large = largeFields(fields);
  const others = Object.fromEntries(Object.entries(fields).filter(([name]) => !large.has(name)));
  // A field that Joi does not get to see is not missing.
  const found = joiProblems(others, schema, secrets).filter(({ param = "" }) => !large.has(param));
  return [...problems, ...large.values(), ...found];
}

/** A body without the one name that could be mistaken for something else. */
export function withoutProto(body: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== "__proto__"));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function joiProblems(value: unknown, schema: Joi.ObjectSchema, secrets: ReadonlySet<string>): Problem[] {
  const { error } = schema.validate(value, {
    abortEarly: false,
    convert: false,
    errors: { wrap: { label: false } },
  });
  return error === undefined ? [] : error.details.map((detail) => problemOf(detail, secrets));
}

function problemOf({ type, message, path, context }: Joi.ValidationErrorItem, secrets: ReadonlySet<string>): Problem {
  const param = path.join(".").replaceAll(/\.(\d+)/g, "[$1]");
  const value: unknown = context?.["value"];
  const isShown =
    param !== "" &&
    !secrets.has(String(path[0])) &&
    value !== undefined &&
    (JSON.stringify(value) ?? "").length <= SHOWN_MAX;
  return {
    message: type === "object.unknown" ? "Unknown parameter" : message,
    ...(param === "" ? {} : { param }),
    ...(isShown ? { value } : {}),
  };
}
