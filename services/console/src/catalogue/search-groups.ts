import type { EventFieldDoc, EventGroup, EventTypeDoc } from "./event-groups.ts";

interface SearchOptions {
  /** Whether names and descriptions of fields count, too. */
  readonly inFields: boolean;
}

/**
 * What of the catalogue a search finds: a type is found when each word of the query is in its name, its title, its
 * description, its group's title or, if asked for, one of its fields. Groups without any are left out.
 */
export function searchGroups(groups: readonly EventGroup[], query: string, options: SearchOptions): EventGroup[] {
  const words = wordsOf(query);
  if (words.length === 0) return [...groups];
  return groups
    .map((group) => ({ ...group, types: group.types.filter((type) => isFound(type, group.title, words, options)) }))
    .filter(({ types }) => types.length > 0);
}

/** The fields whose name or description holds each word of the query; none for an empty one. */
export function matchingFields(fields: readonly EventFieldDoc[], query: string): EventFieldDoc[] {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  return fields.filter((field) => words.every((word) => textOf(field).includes(word)));
}

function isFound(type: EventTypeDoc, groupTitle: string, words: readonly string[], { inFields }: SearchOptions) {
  const own = `${type.type} ${type.title} ${type.description} ${groupTitle}`.toLowerCase();
  const fields = inFields ? type.fields.map(textOf) : [];
  return words.every((word) => own.includes(word) || fields.some((text) => text.includes(word)));
}

function textOf({ name, description }: EventFieldDoc): string {
  return `${name} ${description}`.toLowerCase();
}

function wordsOf(query: string): string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}
