import type Joi from "joi";
import type { Problem } from "./problem.ts";

/** Values longer than this are not repeated in an answer. */
const SHOWN_MAX = 256;
/** A body of a hundred thousand mistakes gets no answer of that length. */
const PROBLEMS_MAX = 100;

/** Joi overlooks this name, so it is looked for before. */
const UNKNOWN_PROTO: Problem = { message: "Unknown parameter", param: "__proto__" };

/**
 * Everything that is wrong with a body, at once and in the API's words; empty = the body is as `schema` says. What is
 * given for the fields in `secrets`, or below them, is not repeated.
 */
export function bodyProblems(
  body: unknown,
  schema: Joi.ObjectSchema,
  secrets: ReadonlySet<string> = new Set(),
): Problem[] {
  const hasProto = typeof body === "object" && body !== null && Object.hasOwn(body, "__proto__");
  const { error } = schema.validate(hasProto ? withoutProto(body) : body, {
    abortEarly: false,
    convert: false,
    errors: { wrap: { label: false } },
  });
  return [...(hasProto ? [UNKNOWN_PROTO] : []), ...(error === undefined ? [] : problemsOf(error, secrets))];
}

/** A body without the one name that could be mistaken for something else. */
export function withoutProto(body: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== "__proto__"));
}

function problemsOf({ details }: Joi.ValidationError, secrets: ReadonlySet<string>): Problem[] {
  const problems = details.slice(0, PROBLEMS_MAX).map((detail) => problemOf(detail, secrets));
  const left = details.length - problems.length;
  return left === 0 ? problems : [...problems, { message: `There are ${left} more problems: mend these first` }];
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
