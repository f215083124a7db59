import { exactly, listOf, ref } from "../schema.ts";
import type { Schema } from "../schema.ts";

/** What is shown before something is stored or sent. */
export const CHECK_SCHEMAS: Readonly<Record<string, Schema>> = {
  Check: exactly({
    problems: listOf(
      { anyOf: [ref("GeneralError"), ref("ParameterError")] },
      { description: "What is wrong; empty = it would be taken, if the target answers the test POST." },
    ),
    request: {
      anyOf: [ref("Request"), { type: "null" }],
      description: "What a batch would look like; `null` while there are problems.",
    },
  }),
  Request: exactly(
    {
      method: { const: "POST" },
      url: { type: "string" },
      headers: listOf(
        { type: "array", items: { type: "string" }, minItems: 2, maxItems: 2 },
        { description: "Pairs of name and value, in their order; stored secrets are masked." },
      ),
      body: { type: "string" },
    },
    { description: "A request to a target before it is made." },
  ),
};
