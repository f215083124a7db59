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
  readonly partition: number;
  /** What a partition still has to be told, as JSON. */
  readonly unapplied: string;
}

/** Writes a definition, the version, the change and what is still to be applied, all or nothing. */
export async function writeDefinition(
  redis: RedisClient,
  keys: DefinitionKeys,
  request: WriteRequest,
): Promise<DefinitionWrite> {
  const reply = await run(
    redis,
    [keys.webhooks, keys.version, keys.changes, keys.unapplied, keys.channel, keys.partitions],
    [request.id, request.definition ?? "", request.expectedRevision ?? "", request.partition, request.unapplied],
  );
  const text = String(reply);
  if (text === "conflict" || text === "missing") return { kind: text };
  return { kind: "written", version: Number(text) };
}
