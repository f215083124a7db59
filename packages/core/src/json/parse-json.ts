import type { Problem } from "../problem.ts";
import { jsonShape } from "./json-shape.ts";

export type ParsedJson =
  | { readonly kind: "ok"; readonly value: unknown }
  | { readonly kind: "bad"; readonly problem: Problem };

/** Deeper than any definition; keeps `JSON.parse` from exhausting the stack. */
const NESTING_MAX = 64;

/**
 * `JSON.parse` for text from outside: bounded nesting, and no name twice in one object, of which it would keep the last
 * and say nothing. `what` names the text in messages, e.g. `The file`.
 */
export function parseJson(text: string, what: string): ParsedJson {
  const { depth, duplicate } = jsonShape(text, NESTING_MAX);
  if (depth > NESTING_MAX) return bad({ message: `${what} nests deeper than ${NESTING_MAX} levels` });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return bad({ message: `${what} is not valid JSON: ${error instanceof Error ? error.message : ""}` });
  }
  return duplicate === undefined
    ? { kind: "ok", value }
    : bad({ message: "The name appears twice in one object: give it once", param: duplicate });
}

function bad(problem: Problem): ParsedJson {
  return { kind: "bad", problem };
}
