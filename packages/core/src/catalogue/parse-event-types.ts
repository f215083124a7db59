import { jsonShape } from "../json/json-shape.ts";
import { NESTING_MAX } from "../json/skip-value.ts";
import { bodyProblems } from "../joi-problems.ts";
import type { Problem } from "../problem.ts";
import { entrySchema } from "./entry-schema.ts";
import type { Entry } from "./entry-schema.ts";
import { clashes } from "./entry-clashes.ts";
import type { EventField } from "./event-field.ts";
import type { EventType } from "./event-type.ts";

export type ParsedEventTypes =
  | { readonly kind: "ok"; readonly types: readonly EventType[] }
  | { readonly kind: "bad"; readonly problems: readonly Problem[] };

/** Reads a list of event types that an operator adds, as JSON; finds every problem at once and names its place, e.g. `[2].fields.iban`. */
export function parseEventTypes(text: string): ParsedEventTypes {
  const list = parseList(text);
  if (list.kind === "bad") return list;
  const problems = list.entries.flatMap((entry, index) => bodyProblems(entry, entrySchema).map(placedAt(index)));
  problems.push(...clashes(list.entries));
  return problems.length > 0
    ? { kind: "bad", problems }
    : { kind: "ok", types: (list.entries as readonly Entry[]).map(toEventType) };
}

type ParsedList =
  | { readonly kind: "ok"; readonly entries: readonly unknown[] }
  | { readonly kind: "bad"; readonly problems: readonly Problem[] };

function parseList(text: string): ParsedList {
  const { depth, duplicate } = jsonShape(text, NESTING_MAX);
  if (depth > NESTING_MAX) return bad(`The text nests deeper than ${NESTING_MAX} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return bad(`The text is not valid JSON: ${(error as Error).message}`);
  }
  // JSON.parse would keep the last one and say nothing.
  if (duplicate !== undefined) return bad(`An object has the name ${duplicate} twice`);
  return Array.isArray(value)
    ? { kind: "ok", entries: value as unknown[] }
    : bad("The text is not a JSON list: put the event types between [ and ]");
}

function bad(message: string): ParsedList {
  return { kind: "bad", problems: [{ message }] };
}

function placedAt(index: number): (problem: Problem) => Problem {
  return ({ param, ...problem }) => ({
    ...problem,
    param: param === undefined ? `[${index}]` : `[${index}].${param}`,
  });
}

function toEventType(entry: Entry): EventType {
  const { type, class_display_name: displayName, class_description: description } = entry;
  const typeField = { description: "Which type of event this is.", sample: type };
  const fields = Object.entries({ type: typeField, ...entry.fields })
    .map(([name, field]): [string, EventField] => [name, { ...field, isSampled: true }])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.freeze({
    type,
    class: entry.class,
    classDoc: {
      ...(displayName === undefined ? {} : { displayName }),
      ...(description === undefined ? {} : { description }),
    },
    displayName: entry.display_name,
    description: entry.description,
    onPremises: false,
    fields: new Map(fields),
  });
}
