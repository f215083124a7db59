import type { ApiKeyId } from "@posthorn/core";
import type { RedisClient } from "../connect.ts";
import type { DefinitionKeys } from "../keys.ts";
import { script } from "./script.ts";

const run = script("note-key-use.lua");

/** Remembers that a key was used now. */
export async function noteKeyUse(
  redis: RedisClient,
  keys: DefinitionKeys,
  id: ApiKeyId,
  nowMs?: number,
): Promise<void> {
  await run(redis, [keys.apiKeys, keys.apiKeyUses], [id, nowMs ?? ""]);
}
