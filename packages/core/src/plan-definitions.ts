import { definitionId } from "./definitions-file.ts";
import type { DefinitionEntry, DefinitionsFile } from "./definitions-file.ts";
import type { WebhookId } from "./ids.ts";
import { COUNTED_MAX, limitProblems } from "./limit-problems.ts";
import { matchDefinitions } from "./match-definitions.ts";
import type { KnownWebhook } from "./match-definitions.ts";
import type { Problem } from "./problem.ts";
import { readCreate, readUpdate } from "./webhook-change.ts";
import type { ChangeTools } from "./webhook-change.ts";
import { DEFAULT_FIELDS, fieldChanges } from "./webhook-fields.ts";
import type { FieldChange } from "./webhook-fields.ts";
import { fieldOf, NAME_MAX } from "./webhook-input.ts";

/**
 * What a file is for. `import` adds to what is there: it removes nothing, and a field that an entry leaves out stays as
 * it is. `provision` makes the file the whole truth about its webhooks: a field that is left out has its default, those
 * that it no longer has are removed, and those that it means are its own from then on. Only whether a webhook is active
 * and paused stays, where the file does not say: that is decided while it runs, and a restart must not undo it.
 */
export type DefinitionsMode = "import" | "provision";

/** What is to be done for one webhook so that all are as a file says. */
export type DefinitionStep =
  /** `body` is what a create or update takes. */
  | {
      readonly kind: "create";
      readonly id: WebhookId;
      readonly name: string;
      readonly body: Body;
      /** How many others have its name, or the target that stands for one, and are left alone. */
      readonly namesakes: number;
    }
  | {
      readonly kind: "update";
      readonly id: WebhookId;
      readonly name: string;
      readonly body: Body;
      readonly changes: readonly FieldChange[];
    }
  | { readonly kind: "remove"; readonly id: WebhookId; readonly name: string }
  | { readonly kind: "unchanged"; readonly id: WebhookId; readonly name: string };

export type DefinitionsPlan =
  /** In the order of the file; what is removed comes last. */
  | { readonly kind: "ok"; readonly steps: readonly DefinitionStep[] }
  | { readonly kind: "bad"; readonly problems: readonly Problem[] };

export interface PlanRequest {
  readonly file: DefinitionsFile;
  readonly existing: readonly KnownWebhook[];
  readonly mode: DefinitionsMode;
  readonly tools: Omit<ChangeTools, "scope" | "anyName">;
}

type Body = Readonly<Record<string, unknown>>;

/** Compares a file with the webhooks that there are. Finds every problem at once, each with its place: `[3].events[0]`. */
export function planDefinitions(request: PlanRequest): DefinitionsPlan {
  const { file, existing, mode } = request;
  const { matches, several } = matchDefinitions(file.entries, existing);
  const ids = new Set(existing.map(({ webhook }) => webhook.id));
  const problems = [...file.problems];
  const steps: DefinitionStep[] = [];
  for (const entry of file.entries) {
    // A file of nothing but mistakes would hold up the process for many seconds.
    if (problems.length > COUNTED_MAX) break;
    const meant = several.get(entry) ?? [];
    // What anybody makes by the API is not to keep every process from starting: the file then has a webhook of its own.
    const isRefused = mode === "import" || meant.some(({ webhook }) => webhook.owner === "file");
    if (meant.length > 0 && isRefused) problems.push(placed(severalMeant(entry, meant.length), entry));
    const known = matches.get(entry);
    const read =
      known === undefined
        ? planCreate(entry, { ids, namesakes: meant.length }, request)
        : planUpdate(entry, known, request);
    if (read.kind === "bad") problems.push(...read.problems.map((problem) => placed(problem, entry)));
    else steps.push(read.step);
  }
  if (problems.length > 0) return { kind: "bad", problems: limitProblems(problems) };
  if (mode === "provision") {
    const meant = new Set(matches.values());
    for (const known of existing) {
      const { id, name, owner } = known.webhook;
      if (owner === "file" && !meant.has(known)) steps.push({ kind: "remove", id, name });
    }
  }
  return { kind: "ok", steps };
}

type PlannedStep =
  | { readonly kind: "ok"; readonly step: DefinitionStep }
  | { readonly kind: "bad"; readonly problems: readonly Problem[] };

function planCreate(
  entry: DefinitionEntry,
  { ids, namesakes }: { readonly ids: Set<WebhookId>; readonly namesakes: number },
  { tools }: PlanRequest,
): PlannedStep {
  const body = { name: defaultName(entry), ...entry.fields };
  const change = readCreate(body, { ...tools, scope: undefined, anyName: true });
  if (change.kind === "bad") {
    // A name that was left out is no mistake, whatever was made of a target that is one.
    const isLeftOut = entry.fields["name"] === undefined;
    return { kind: "bad", problems: change.problems.filter(({ param }) => !isLeftOut || fieldOf(param) !== "name") };
  }
  if (entry.identity.kind === "none") throw new Error("an entry without name and target was taken as valid");
  const id = freeId(entry.identity.text, ids);
  ids.add(id);
  return { kind: "ok", step: { kind: "create", id, name: change.settings.name, body, namesakes } };
}

function severalMeant({ identity }: DefinitionEntry, count: number): Problem {
  return identity.kind === "name"
    ? {
        message: `There are ${count} webhooks of this name, by which a file tells them apart: rename or delete all but one`,
        param: "name",
        value: identity.text.slice(0, NAME_MAX),
      }
    : {
        message: `There are ${count} webhooks with this target: give the name of the one that is meant`,
        param: "target",
      };
}

/** The derived id, or the next one where a webhook has it that is called otherwise by now and meant by another entry. */
function freeId(identity: string, ids: ReadonlySet<WebhookId>): WebhookId {
  let id = definitionId(identity);
  for (let n = 2; ids.has(id); n++) id = definitionId(`${identity}\n${n}`);
  return id;
}

function planUpdate(entry: DefinitionEntry, known: KnownWebhook, { mode, tools }: PlanRequest): PlannedStep {
  const { webhook, settings: before } = known;
  const { active: _, paused: __, ...defaults } = DEFAULT_FIELDS;
  const body = mode === "import" ? entry.fields : { ...defaults, name: defaultName(entry), ...entry.fields };
  const change = readUpdate(body, webhook.id, before, { ...tools, scope: undefined, anyName: true });
  // What is no more than left out of an update is missing in a file, where it may be a create another time.
  const missing = REQUIRED.filter((field) => entry.fields[field] === undefined).map((field) => ({
    message: `${field} is required`,
    param: field,
  }));
  if (change.kind === "bad") return { kind: "bad", problems: [...missing, ...change.problems] };
  if (missing.length > 0) return { kind: "bad", problems: missing };
  const changes: FieldChange[] = fieldChanges(before, change.settings);
  if (mode === "provision" && webhook.owner !== "file")
    changes.push({ field: "owner", from: webhook.owner, to: "file" });
  const { id } = webhook;
  const { name } = change.settings;
  return {
    kind: "ok",
    step: changes.length === 0 ? { kind: "unchanged", id, name } : { kind: "update", id, name, body, changes },
  };
}

const REQUIRED = ["target", "events"] as const;

/** What an entry without a name is called: as its target, as far as there is room. */
function defaultName({ identity }: DefinitionEntry): string {
  const text = identity.kind === "target" ? identity.text : "";
  // Half a character at the cut would be none.
  return text.slice(0, NAME_MAX).replace(/[\uD800-\uDBFF]$/, "");
}

function placed({ param, ...problem }: Problem, { position }: DefinitionEntry): Problem {
  return { ...problem, param: param === undefined ? `[${position}]` : `[${position}].${param}` };
}
