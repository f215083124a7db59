import { parseArgs } from "node:util";
import { batchId } from "@posthorn/core";
import type { BatchId } from "@posthorn/core";
import { parseDurationMs } from "@posthorn/runtime";
import { readOptions } from "../client/api-command.ts";
import type { ParsedOptions } from "../client/api-command.ts";
import type { BatchFilter } from "./batch-filter.ts";
import { isUnfiltered } from "./batch-filter.ts";

/** Which files of the archive are meant. */
export interface ArchiveFilter {
  readonly dir: string | undefined;
  readonly webhook: string | undefined;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

/** Batches of one webhook: named ones, or those that a filter means. */
export type Chosen =
  | { readonly kind: "named"; readonly batches: readonly BatchId[] }
  | { readonly kind: "filtered"; readonly filter: BatchFilter }
  /** Whatever waits. */
  | { readonly kind: "all" };

export type Command =
  | { readonly kind: "status" }
  | { readonly kind: "backlogs"; readonly limit: number }
  /** Without a webhook everything. */
  | {
      readonly kind: "pause" | "resume";
      readonly webhook: string | undefined;
      readonly batches: readonly BatchId[];
    }
  /** Without a webhook all. */
  | { readonly kind: "drain"; readonly webhook: string | undefined }
  | { readonly kind: "batches"; readonly webhook: string; readonly filter: BatchFilter; readonly limit: number }
  | { readonly kind: "retry"; readonly webhook: string; readonly chosen: Chosen }
  | { readonly kind: "discard"; readonly webhook: string; readonly chosen: Chosen; readonly isConfirmed: boolean }
  | { readonly kind: "archive"; readonly files: ArchiveFilter }
  | {
      readonly kind: "replay";
      /** Named ones, or what the filter means. */
      readonly files: readonly string[] | ArchiveFilter;
      readonly to: string | undefined;
      readonly isAgain: boolean;
    };

const NAMES = [
  "status",
  "backlogs",
  "pause",
  "resume",
  "drain",
  "batches",
  "retry",
  "discard",
  "archive",
  "replay",
] as const;
type Name = (typeof NAMES)[number];

type Values = NonNullable<ReturnType<typeof parse>>["values"];
type OptionName = Exclude<keyof Values, "url" | "key" | "help">;

const FILTER: readonly OptionName[] = ["state", "older", "failed"];
const FILES: readonly OptionName[] = ["dir", "webhook", "since", "until"];

/** What each command makes use of. */
const TAKEN: Readonly<Record<Name, readonly OptionName[]>> = {
  status: [],
  backlogs: ["limit"],
  pause: ["webhook", "batch"],
  resume: ["webhook", "batch"],
  drain: ["webhook", "all"],
  batches: ["webhook", "limit", ...FILTER],
  retry: ["webhook", "batch", ...FILTER],
  discard: ["webhook", "batch", "all", "yes", ...FILTER],
  archive: FILES,
  replay: [...FILES, "all", "to", "again"],
};

export function parseOptions(argv: readonly string[], defaultUrl: string, nowMs: number): ParsedOptions<Command> {
  const readCommand = (positionals: readonly string[], values: Values, mistakes: string[]): Command | undefined => {
    const [given, ...rest] = positionals;
    const name = NAMES.find((known) => known === given);
    if (name === undefined) {
      mistakes.push(`There is no command ${given ?? "given"}: give one of ${NAMES.join(", ")}; --help tells more`);
      return undefined;
    }
    for (const option of Object.keys(values) as (keyof Values)[]) {
      if (option === "url" || option === "key" || option === "help" || TAKEN[name].includes(option)) continue;
      mistakes.push(`--${option} has no meaning with ${name}: leave one of them out`);
    }
    if (name !== "replay") {
      for (const text of rest) mistakes.push(`${text} is one argument too many: leave it out`);
    }
    return readNamed(name, rest, values, { mistakes, nowMs });
  };
  return readOptions({ parse: (mistakes) => parse(argv, mistakes), readCommand, defaultUrl });
}

interface Reading {
  readonly mistakes: string[];
  readonly nowMs: number;
}

function readNamed(name: Name, rest: readonly string[], values: Values, reading: Reading): Command {
  const { mistakes } = reading;
  const { webhook, all = false } = values;
  switch (name) {
    case "status":
      return { kind: name };
    case "backlogs":
      return { kind: name, limit: readCount("limit", values.limit ?? "20", mistakes) };
    case "pause":
    case "resume": {
      const batches = readBatches(values, mistakes);
      if (batches.length > 0) needWebhook(name, webhook, mistakes);
      return { kind: name, webhook, batches };
    }
    case "drain":
      if ((webhook === undefined) !== all) mistakes.push("drain takes either --webhook or --all: give one of them");
      return { kind: name, webhook };
    case "batches": {
      const limit = readCount("limit", values.limit ?? "100", mistakes);
      return { kind: name, webhook: needWebhook(name, webhook, mistakes), filter: readFilter(values, mistakes), limit };
    }
    case "retry":
    case "discard": {
      const chosen = readChosen(name, values, mistakes);
      const owner = needWebhook(name, webhook, mistakes);
      return name === "retry"
        ? { kind: name, webhook: owner, chosen }
        : { kind: name, webhook: owner, chosen, isConfirmed: values.yes === true };
    }
    case "archive":
      return { kind: name, files: readArchiveFilter(values, reading) };
    case "replay": {
      const filter = readArchiveFilter(values, reading);
      const isFiltered = [filter.webhook, filter.sinceMs, filter.untilMs].some((given) => given !== undefined);
      if (rest.length > 0 && (isFiltered || all || filter.dir !== undefined)) {
        mistakes.push(
          "replay takes either files or what --all, --webhook, --since and --until mean: leave one of them out",
        );
      }
      if (rest.length === 0 && !isFiltered && !all) {
        mistakes.push("replay needs to know which files: name them, or give --webhook, --since, --until or --all");
      }
      return { kind: name, files: rest.length > 0 ? rest : filter, to: values.to, isAgain: values.again === true };
    }
  }
}

function readChosen(name: "retry" | "discard", values: Values, mistakes: string[]): Chosen {
  const batches = readBatches(values, mistakes);
  const filter = readFilter(values, mistakes);
  const ways = [batches.length > 0, !isUnfiltered(filter), values.all === true].filter(Boolean).length;
  if (ways > 1) mistakes.push(`${name} takes either --batch or a filter${name === "discard" ? " or --all" : ""}`);
  if (ways === 0) {
    mistakes.push(
      name === "retry"
        ? "retry needs --batch, --state, --older or --failed; for all that waits use drain"
        : "discard needs --batch, --state, --older or --failed, or --all for all that waits",
    );
  }
  if (batches.length > 0) return { kind: "named", batches };
  return isUnfiltered(filter) ? { kind: "all" } : { kind: "filtered", filter };
}

function readFilter({ state, older, failed }: Values, mistakes: string[]): BatchFilter {
  const olderMs = older === undefined ? undefined : parseDurationMs(older);
  if (older !== undefined && olderMs === undefined) {
    mistakes.push(`--older ${older} is no duration: give e.g. --older 1h`);
  }
  return {
    states: state?.split(","),
    olderMs,
    failedAttempts: failed === undefined ? undefined : readCount("failed", failed, mistakes),
  };
}

function readArchiveFilter({ dir, webhook, since, until }: Values, { mistakes, nowMs }: Reading): ArchiveFilter {
  const time = (name: string, text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    const agoMs = parseDurationMs(text);
    const atMs = agoMs === undefined ? Date.parse(text) : nowMs - agoMs;
    if (!Number.isNaN(atMs)) return atMs;
    mistakes.push(`--${name} ${text} is no time: give e.g. 2026-03-02, 2026-03-02T21:00:00Z, or 90m for so long ago`);
    return undefined;
  };
  return { dir, webhook, sinceMs: time("since", since), untilMs: time("until", until) };
}

function readBatches({ batch = [] }: Values, mistakes: string[]): readonly BatchId[] {
  return batch.flatMap((text) => {
    const id = batchId(text);
    if (id === undefined) mistakes.push(`--batch ${text} is no id of a batch: npm run ops -- batches shows them`);
    return id === undefined ? [] : [id];
  });
}

function needWebhook(name: Name, webhook: string | undefined, mistakes: string[]): string {
  if (webhook === undefined) mistakes.push(`${name} needs --webhook: give its id or its name`);
  return webhook ?? "";
}

function readCount(name: string, text: string, mistakes: string[]): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  mistakes.push(`--${name} ${text} is no whole number from 1: give e.g. --${name} 20`);
  return 0;
}

function parse(argv: readonly string[], mistakes: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        webhook: text,
        batch: { type: "string", multiple: true },
        state: text,
        older: text,
        failed: text,
        limit: text,
        all: flag,
        yes: flag,
        dir: text,
        since: text,
        until: text,
        to: text,
        again: flag,
        url: text,
        key: text,
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    mistakes.push(`${error instanceof Error ? error.message : String(error)}; --help lists the options`);
    return undefined;
  }
}
