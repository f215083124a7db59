import { exactly, listOf, ownField, ref } from "../schema.ts";
import type { Schema } from "../schema.ts";

const message: Schema = { type: "string", description: "What is wrong, and what to do about it." };
const description: Schema = { type: "string", description: "More about it." };
const code: Schema = {
  type: ["string", "integer"],
  description:
    "The original's extended code, a text such as `1600`; only a failed test POST or token request has the number 400.",
};

/** What every failed call answers: one of two shapes of elements, as the original API has them. */
export const PROBLEM_SCHEMAS: Readonly<Record<string, Schema>> = {
  Errors: exactly(
    {
      errors: listOf({ anyOf: [ref("GeneralError"), ref("ParameterError")] }, { minItems: 1 }),
    },
    { description: "What every failed call answers." },
  ),
  GeneralError: exactly(
    { message, description, code, response: ref("TargetAnswer") },
    {
      optional: ["description", "code", "response"],
      description: "An error of the call as a whole.",
    },
  ),
  ParameterError: exactly(
    {
      message,
      param: {
        type: "string",
        description:
          "The field, query parameter, header or position that is meant, e.g. `target`, `events[1]` or `[17].msys`.",
      },
      value: { description: "What was sent there; left out when it is long, or may be a secret." },
      description: ownField(description),
      code: ownField(code),
    },
    {
      optional: ["value", "description", "code"],
      description: "An error of one field, parameter, header or event.",
    },
  ),
  TargetAnswer: exactly(
    {
      status: { type: "integer", description: "The HTTP status." },
      headers: {
        type: "object",
        additionalProperties: { type: "string" },
        description: "The headers, their names in lower case.",
      },
      body: { type: "string", description: "The beginning of the body, as text." },
    },
    { description: "What a target, or a token URL, answered." },
  ),
};
