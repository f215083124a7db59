import { parseJson } from "../json/parse-json.ts";
import { bodyProblems } from "../joi-problems.ts";
import { limitProblems } from "../limit-problems.ts";
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
    ? { kind: "bad", problems: limitProblems(problems) }
    : { kind: "ok", types: (list.entries as readonly Entry[]).map(toEventType) };
}

type ParsedList =
  | { readonly kind: "ok"; readonly entries: readonly unknown[] }
  | { readonly kind: "bad"; readonly problems: readonly Problem[] };

function parseList(text: string): ParsedList {
  const parsed = parseJson(text, "The text");
  if (parsed.kind === "bad") return { kind: "bad", problems: [parsed.problem] };
  return Array.isArray(parsed.value)
    ? { kind: "ok", entries: parsed.value as unknown[] }
    : { kind: "bad", problems: [{ message: "The text is not a JSON list: put the event types between [ and ]" }] };
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
