import { BUILT_IN_CLASSES } from "./built-in-types.ts";
import type { Catalogue } from "./catalogue.ts";
import type { ClassDoc, EventType } from "./event-type.ts";

/** The catalogue as the API shows it: class → type → field. Names are those of the original API but for `on_premises`. */
export type Documentation = Readonly<Record<string, ClassView>>;

export interface ClassView {
  readonly description: string;
  readonly display_name: string;
  readonly events: Readonly<Record<string, EventTypeView>>;
}

export interface EventTypeView {
  readonly description: string;
  readonly display_name: string;
  /** True when an on-premises Momentum sends it. */
  readonly on_premises: boolean;
  readonly event: Readonly<Record<string, { readonly description: string; readonly sampleValue: unknown }>>;
}

/** What the API's documentation of events says. */
export function documentation({ types }: Catalogue): Documentation {
  const byClass = new Map<string, EventType[]>();
  for (const entry of types.values()) byClass.set(entry.class, [...(byClass.get(entry.class) ?? []), entry]);
  return Object.fromEntries(
    [...byClass].map(([name, members]): [string, ClassView] => {
      const { displayName, description } = classDoc(name, members);
      const events = Object.fromEntries(members.map((entry) => [entry.type, viewType(entry)]));
      return [name, { description, display_name: displayName, events }];
    }),
  );
}

function viewType({ description, displayName, onPremises, fields }: EventType): EventTypeView {
  const event = [...fields].map(([name, field]) => [
    name,
    { description: field.description, sampleValue: field.sample },
  ]);
  return { description, display_name: displayName, on_premises: onPremises, event: Object.fromEntries(event) };
}

/** An added class is what one of its types says; else its name has to do. */
function classDoc(name: string, members: readonly EventType[]): ClassDoc {
  const said = members.map((entry) => entry.classDoc ?? {});
  return (
    BUILT_IN_CLASSES.get(name) ?? {
      displayName: said.find((doc) => doc.displayName !== undefined)?.displayName ?? titleOf(name),
      description:
        said.find((doc) => doc.description !== undefined)?.description ?? `Events of the added class ${name}.`,
    }
  );
}

function titleOf(name: string): string {
  return name.replaceAll(
    /(?:^|_)([a-z0-9])/g,
    (_, letter: string, at: number) => (at === 0 ? "" : " ") + letter.toUpperCase(),
  );
}
