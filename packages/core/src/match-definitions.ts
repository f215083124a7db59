import { definitionId } from "./definitions-file.ts";
import type { DefinitionEntry } from "./definitions-file.ts";
import type { Webhook } from "./webhook.ts";
import type { WebhookSettings } from "./webhook-settings.ts";

/** A webhook that there is, and its settings with the secrets in clear. */
export interface KnownWebhook {
  readonly webhook: Webhook;
  readonly settings: WebhookSettings;
}

export interface Matches {
  readonly matches: ReadonlyMap<DefinitionEntry, KnownWebhook>;
  /** The webhooks that an entry may mean where nothing tells which one it does. */
  readonly several: ReadonlyMap<DefinitionEntry, readonly KnownWebhook[]>;
}

/**
 * Which webhook each entry of a file means: the one with its name, which is what people tell webhooks by; if nobody has
 * that name, the one with the id derived from it, which was given another name since; an entry without a name means the
 * one with the id derived from its target, else the one with that target. Where several could be meant, the one with
 * the derived id is, else the one that a file keeps; an entry that still means several is told apart. No webhook is
 * meant by two entries.
 */
export function matchDefinitions(entries: readonly DefinitionEntry[], existing: readonly KnownWebhook[]): Matches {
  const left = new Set(existing);
  const matches = new Map<DefinitionEntry, KnownWebhook>();
  const take = (find: (entry: DefinitionEntry) => KnownWebhook | undefined): void => {
    for (const entry of entries) {
      const found = matches.has(entry) ? undefined : find(entry);
      if (found === undefined) continue;
      matches.set(entry, found);
      left.delete(found);
    }
  };
  const among = (known: readonly KnownWebhook[] | undefined): readonly KnownWebhook[] =>
    known?.filter((one) => left.has(one)) ?? [];

  const byId = new Map(existing.map((known) => [known.webhook.id, known]));
  const byName = grouped(existing, ({ webhook }) => webhook.name);
  const byTarget = grouped(existing, ({ webhook }) => webhook.target);
  const namesakes = ({ identity }: DefinitionEntry): readonly KnownWebhook[] =>
    identity.kind === "name" ? among(byName.get(identity.text)) : [];
  const sameTarget = ({ identity }: DefinitionEntry): readonly KnownWebhook[] =>
    identity.kind === "target" ? among(byTarget.get(identity.text)) : [];
  take((entry) => theOne(namesakes(entry), entry));
  take(({ identity }) => {
    const known = identity.kind === "none" ? undefined : byId.get(definitionId(identity.text));
    return known !== undefined && left.has(known) ? known : undefined;
  });
  // Now that the renamed are known for what they were, a name may be one webhook's only.
  take((entry) => theOne(namesakes(entry), entry));
  take((entry) => theOne(sameTarget(entry), entry));
  const several = new Map<DefinitionEntry, readonly KnownWebhook[]>();
  for (const entry of entries) {
    const meant = matches.has(entry) ? [] : [...namesakes(entry), ...sameTarget(entry)];
    if (meant.length > 1) several.set(entry, meant);
  }
  return { matches, several };
}

function grouped(
  existing: readonly KnownWebhook[],
  textOf: (known: KnownWebhook) => string,
): ReadonlyMap<string, readonly KnownWebhook[]> {
  const groups = new Map<string, KnownWebhook[]>();
  for (const known of existing) {
    const text = textOf(known);
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [known]);
    else group.push(known);
  }
  return groups;
}

function theOne(found: readonly KnownWebhook[], { identity }: DefinitionEntry): KnownWebhook | undefined {
  if (found.length <= 1 || identity.kind === "none") return found[0];
  const id = definitionId(identity.text);
  const derived = found.find(({ webhook }) => webhook.id === id);
  if (derived !== undefined) return derived;
  const kept = found.filter(({ webhook }) => webhook.owner === "file");
  return kept.length === 1 ? kept[0] : undefined;
}
