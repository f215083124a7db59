import { webhookId } from "./ids.ts";
import type { WebhookId } from "./ids.ts";
import { parseJson } from "./json/parse-json.ts";
import type { ParsedJson } from "./json/parse-json.ts";
import type { Problem } from "./problem.ts";
import { uuidV5 } from "./uuid-v5.ts";

/** A file of definitions, as far as it can be read without knowing the webhooks that there are. */
export interface DefinitionsFile {
  readonly entries: readonly DefinitionEntry[];
  /** What is wrong with it as a whole; the fields of its entries are not checked yet. */
  readonly problems: readonly Problem[];
}

/** One webhook of a file. */
export interface DefinitionEntry {
  /** Its place in the file, from 0. */
  readonly position: number;
  readonly identity: Identity;
  /** As they stand in the file. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What tells an entry from the others, in this file and from one version of it to the next. */
export type Identity =
  | { readonly kind: "name"; readonly text: string }
  /** Momentum lets the name be left out. */
  | { readonly kind: "target"; readonly text: string }
  /** It has neither, or no text there. */
  | { readonly kind: "none" };

/** Makes ids of identities that no other program makes; never to be changed, or files would make webhooks anew. */
const NAMESPACE = "93bbc131-0a20-4ca2-a219-9bca7a05ddae";

const BYTE_ORDER_MARK = /^\u{FEFF}/u;

/** What the text of a file says, whatever that is. */
export function parseDefinitionsText(text: string): ParsedJson {
  return parseJson(text.replace(BYTE_ORDER_MARK, ""), "The file");
}

/** Reads the text of a file of definitions, such as Momentum's `webhooks.json`. */
export function parseDefinitions(text: string): DefinitionsFile {
  const parsed = parseDefinitionsText(text);
  return parsed.kind === "ok" ? readDefinitions(parsed.value) : { entries: [], problems: [parsed.problem] };
}

/** The same for a file that is parsed already: a list of webhooks, each told by its name, else by its target. */
export function readDefinitions(value: unknown): DefinitionsFile {
  if (!Array.isArray(value)) {
    return { entries: [], problems: [{ message: "The file is not a JSON list: put the webhooks between [ and ]" }] };
  }
  const list: readonly unknown[] = value;
  const entries: DefinitionEntry[] = [];
  const problems: Problem[] = [];
  const positions = new Map<string, number>();
  for (const [position, item] of list.entries()) {
    if (!isObject(item)) {
      problems.push({ message: "This is no JSON object: put the webhook between { and }", param: `[${position}]` });
      continue;
    }
    const identity = identityOf(item);
    entries.push({ position, identity, fields: item });
    if (identity.kind === "none") continue;
    const first = positions.get(identity.text);
    if (first === undefined) positions.set(identity.text, position);
    else problems.push(sameIdentity(position, first, identity.kind));
  }
  return { entries, problems };
}

/** The id that a webhook of a file gets when there is none for it yet, the same everywhere. */
export function definitionId(identity: string): WebhookId {
  const id = webhookId(uuidV5(NAMESPACE, identity));
  if (id === undefined) throw new Error("a derived id is no UUID");
  return id;
}

function identityOf({ name, target }: Readonly<Record<string, unknown>>): Identity {
  // A name that is no text is named as a problem later.
  if (name !== undefined) return typeof name === "string" ? { kind: "name", text: name } : { kind: "none" };
  return typeof target === "string" ? { kind: "target", text: target } : { kind: "none" };
}

function sameIdentity(position: number, first: number, kind: "name" | "target"): Problem {
  return {
    message: `[${first}] and [${position}] have the same ${kind === "name" ? "name" : "target, and no name"}: webhooks are told apart by name, else by target`,
    param: `[${position}].${kind}`,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
