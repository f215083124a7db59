import type { Problem } from "./problem.ts";

/** What one list or object may hold, in any field: more than anything that is asked for. */
export const MEMBERS_MAX = 1_000;

/**
 * The fields of a body in which some list or object holds more than it may, each with its problem. Joi would judge
 * every member, and takes time for it that others wait for, and stack for each that is wrong: such a field is not
 * for Joi.
 */
export function largeFields(body: Readonly<Record<string, unknown>>): ReadonlyMap<string, Problem> {
  const found = new Map<string, Problem>();
  for (const [field, value] of Object.entries(body)) {
    const path = largeIn(value, field);
    if (path === undefined) continue;
    found.set(field, { message: `${path} has more than ${MEMBERS_MAX} entries`, param: path });
  }
  return found;
}

/** True for a list or object that holds more than it may. */
export function isLarge(value: object): boolean {
  return (Array.isArray(value) ? value.length : Object.keys(value).length) > MEMBERS_MAX;
}

/** The path of the first list or object in a value that holds too much. Nesting is bounded where JSON is read. */
function largeIn(value: unknown, path: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isLarge(value)) return path;
  const isList = Array.isArray(value);
  for (const [name, inner] of Object.entries(value)) {
    const large = largeIn(inner, isList ? `${path}[${name}]` : `${path}.${name}`);
    if (large !== undefined) return large;
  }
  return undefined;
}
