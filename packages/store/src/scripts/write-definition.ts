import type { WebhookId } from "@posthorn/core";
import type { RedisClient } from "../connect.ts";
import type { DefinitionWrite } from "../definitions.ts";
import type { DefinitionKeys } from "../keys.ts";
import { script } from "./script.ts";

const run = script("write-definition.lua");

interface WriteRequest {
  readonly id: WebhookId;
  /** The definition as JSON; `undefined` deletes it. */
  readonly definition: string | undefined;
  /** The revision that must be stored; 0 = none may be; `undefined` = any. */
  readonly expectedRevision: number | undefined;
  /** What a partition still has to be told. */
  readonly unapplied: Unapplied;
  /** How many changes are kept for who asks what changed since; older ones are forgotten. */
  readonly changesKept: number;
}

/** What is written beside a definition until its partition knows of it. */
export interface Unapplied {
  readonly partition: number;
  readonly drain: boolean;
}

type Written = Extract<DefinitionWrite, { kind: "written" }> & {
  /** With what earlier changes left to be applied. */
  readonly unapplied: Unapplied;
};

/** The note beside a definition: the version that it came with, and what is to be applied. */
export function parseUnapplied(note: string): Omit<Written, "kind"> {
  const space = note.indexOf(" ");
  return { version: Number(note.slice(0, space)), unapplied: JSON.parse(note.slice(space + 1)) as Unapplied };
}

/** Writes a definition, the version, the change and what is still to be applied, all or nothing. */
export async function writeDefinition(
  redis: RedisClient,
  keys: DefinitionKeys,
  request: WriteRequest,
): Promise<Written | Exclude<DefinitionWrite, { kind: "written" }>> {
  const reply = await run(
    redis,
    [keys.webhooks, keys.version, keys.changes, keys.unapplied, keys.channel, keys.partitions],
    [
      request.id,
      request.definition ?? "",
      request.expectedRevision ?? "",
      request.unapplied.partition,
      JSON.stringify(request.unapplied),
      request.changesKept,
    ],
  );
  const text = String(reply);
  if (text === "conflict" || text === "missing") return { kind: text };
  return { kind: "written", ...parseUnapplied(text) };
}
