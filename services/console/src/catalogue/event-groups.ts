import type { Documentation } from "@posthorn/api/views";

/** A class of event types as people see it. */
export interface EventGroup {
  /** The key below `msys` in an event of the class. */
  readonly className: string;
  readonly title: string;
  readonly description: string;
  readonly types: readonly EventTypeDoc[];
}

export interface EventTypeDoc {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  /** True when an on-premises Momentum sends it. */
  readonly onPremises: boolean;
  readonly fields: readonly EventFieldDoc[];
}

export interface EventFieldDoc {
  readonly name: string;
  readonly description: string;
  readonly sample: unknown;
}

export function eventGroups(documentation: Documentation): EventGroup[] {
  return Object.entries(documentation).map(([className, group]) => ({
    className,
    title: group.display_name,
    description: group.description,
    types: Object.entries(group.events).map(([type, doc]) => ({
      type,
      title: doc.display_name,
      description: doc.description,
      onPremises: doc.on_premises,
      fields: Object.entries(doc.event).map(([name, field]) => ({
        name,
        description: field.description,
        sample: field.sampleValue,
      })),
    })),
  }));
}

/** Every type, in the order of the catalogue. */
export function typesOf(groups: readonly EventGroup[]): string[] {
  return groups.flatMap(({ types }) => types.map(({ type }) => type));
}

/** How much of a group is chosen: what its own check box shows. */
export function chosenShare(types: readonly Pick<EventTypeDoc, "type">[], chosen: ReadonlySet<string>) {
  const count = types.filter(({ type }) => chosen.has(type)).length;
  return count === 0 ? "none" : count === types.length ? "all" : "some";
}

/** The choice after a click on one type, or on a whole group: `types` are all chosen, or all left out. */
export function withChoice(chosen: readonly string[], types: readonly string[], isChosen: boolean): string[] {
  const others = chosen.filter((type) => !types.includes(type));
  return isChosen ? [...others, ...types] : others;
}

/** Chosen types that the catalogue does not have: they were taken out of it after the webhook was made. */
export function strangersIn(chosen: readonly string[], groups: readonly EventGroup[]): string[] {
  const known = new Set(typesOf(groups));
  return chosen.filter((type) => !known.has(type));
}
