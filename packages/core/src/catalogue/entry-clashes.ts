import type { Problem } from "../problem.ts";
import { BUILT_IN_CLASSES, BUILT_IN_TYPES } from "./built-in-types.ts";

/** What of entries can contradict others; anything may be missing or malformed, which is told elsewhere. */
interface Loose {
  readonly type?: unknown;
  readonly class?: unknown;
  readonly class_display_name?: unknown;
  readonly class_description?: unknown;
  readonly fields?: { readonly type?: { readonly sample?: unknown } };
}

const BUILT_IN: ReadonlySet<string> = new Set(BUILT_IN_TYPES.map(({ type }) => type));
const CLASS_TEXTS = ["class_display_name", "class_description"] as const;

/** Where added types contradict the built-in ones, each other or themselves. */
export function clashes(entries: readonly unknown[]): Problem[] {
  const types = new Map<string, number>();
  const classTexts = new Map<string, { readonly index: number; readonly text: unknown }>();
  return entries.flatMap((entry, index) => {
    if (typeof entry !== "object" || entry === null) return [];
    const loose = entry as Loose;
    return [
      ...typeClash(loose, index, types),
      ...CLASS_TEXTS.flatMap((name) => classClash(loose, index, name, classTexts)),
      ...sampleClash(loose, index),
    ];
  });
}

function typeClash({ type }: Loose, index: number, types: Map<string, number>): Problem[] {
  if (typeof type !== "string") return [];
  const param = `[${index}].type`;
  if (BUILT_IN.has(type)) return [{ message: `the event type ${type} is built in: give yours another name`, param }];
  const earlier = types.get(type);
  if (earlier !== undefined) return [{ message: `the event type ${type} is there already, at [${earlier}]`, param }];
  types.set(type, index);
  return [];
}

/** A class has one name and one description, whichever of its types says so. */
function classClash(
  entry: Loose,
  index: number,
  name: (typeof CLASS_TEXTS)[number],
  known: Map<string, { readonly index: number; readonly text: unknown }>,
): Problem[] {
  const text = entry[name];
  if (typeof entry.class !== "string" || text === undefined) return [];
  const param = `[${index}].${name}`;
  if (BUILT_IN_CLASSES.has(entry.class)) {
    return [{ message: `the class ${entry.class} is built in and keeps its texts: leave ${name} out`, param }];
  }
  const key = `${name} ${entry.class}`;
  const earlier = known.get(key);
  if (earlier === undefined) known.set(key, { index, text });
  return earlier === undefined || earlier.text === text
    ? []
    : [{ message: `the class ${entry.class} has another ${name} at [${earlier.index}]`, param }];
}

function sampleClash({ type, fields }: Loose, index: number): Problem[] {
  const sample = fields?.type?.sample;
  if (sample === undefined || sample === type) return [];
  return [{ message: "the sample of the field type is not the type's name", param: `[${index}].fields.type.sample` }];
}
