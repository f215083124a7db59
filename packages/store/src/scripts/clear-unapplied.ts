import type { WebhookId } from "@posthorn/core";
import type { RedisClient } from "../connect.ts";
import type { DefinitionKeys } from "../keys.ts";
import { script } from "./script.ts";

const run = script("clear-unapplied.lua");

/** Strikes off that a change is still to be applied to its partition, unless a newer one has come. */
export async function clearUnapplied(
  redis: RedisClient,
  keys: DefinitionKeys,
  id: WebhookId,
  version: number,
): Promise<void> {
  await run(redis, [keys.unapplied], [id, version]);
}
