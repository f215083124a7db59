import type { ApiKeyId } from "@posthorn/core";
import type { ApiKeyRevocation } from "../api-keys.ts";
import type { RedisClient } from "../connect.ts";
import type { DefinitionKeys } from "../keys.ts";
import { script } from "./script.ts";

const run = script("revoke-api-key.lua");

/** Deletes a key and what is remembered of its use. */
export async function revokeApiKey(redis: RedisClient, keys: DefinitionKeys, id: ApiKeyId): Promise<ApiKeyRevocation> {
  const reply = String(await run(redis, [keys.apiKeys, keys.apiKeyUses, keys.version, keys.channel], [id]));
  return reply === "missing" ? { kind: "missing" } : { kind: "written", version: Number(reply) };
}
