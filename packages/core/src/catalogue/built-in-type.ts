import { DICTIONARY } from "./dictionary.ts";
import type { EventField } from "./event-field.ts";
import type { BuiltInClass, EventType } from "./event-type.ts";
import { NOT_OF_A_MAIL } from "./fields.ts";

interface Definition extends Omit<EventType, "class" | "classDoc" | "fields"> {
  readonly class: BuiltInClass;
  /** Texts of field names with blanks between them. */
  readonly fields: readonly string[];
  /** Fields that mean something else here than the dictionary says. */
  readonly meanings?: Readonly<Record<string, string>>;
  /** Values that are others here than in the dictionary: the type's moment in the imaginary message's life. */
  readonly samples?: Readonly<Record<string, unknown>>;
  /** True when it tells of a text message instead of a mail. */
  readonly isTextMessage?: boolean;
}

/** Makes an entry of the catalogue, with the dictionary's documentation of its fields. */
export function builtInType(definition: Definition): EventType {
  const { fields, meanings = {}, samples = {}, isTextMessage = false, ...entry } = definition;
  const names = [...new Set(fields.flatMap(namesIn))].toSorted();
  const stray = [...Object.keys(meanings), ...Object.keys(samples)].find((name) => !names.includes(name));
  if (stray !== undefined) throw new Error(`${entry.type} has no field ${stray}: add it to its fields`);
  const documented = names.map((name): [string, EventField] => {
    const doc = DICTIONARY.get(name);
    if (doc === undefined) throw new Error(`${name} of ${entry.type} is not in the dictionary of fields: add it there`);
    return [
      name,
      {
        description: meanings[name] ?? doc.description,
        sample: name === "type" ? entry.type : (samples[name] ?? doc.sample),
        isSampled: isTextMessage || !ONLY_ELSEWHERE.has(name),
      },
    ];
  });
  return Object.freeze({ ...entry, fields: new Map(documented) });
}

function namesIn(group: string): string[] {
  return group.split(" ");
}

const ONLY_ELSEWHERE: ReadonlySet<string> = new Set(namesIn(NOT_OF_A_MAIL));
