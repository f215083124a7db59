import type { ApiKey } from "@posthorn/core";
import type { ApiKeyCreation } from "../api-keys.ts";
import type { RedisClient } from "../connect.ts";
import type { DefinitionKeys } from "../keys.ts";
import { script } from "./script.ts";

const run = script("create-api-key.lua");

/** Stores a key under its id unless there is one. */
export async function createApiKey(redis: RedisClient, keys: DefinitionKeys, key: ApiKey): Promise<ApiKeyCreation> {
  const reply = String(await run(redis, [keys.apiKeys, keys.version, keys.channel], [key.id, JSON.stringify(key)]));
  return reply === "exists" ? { kind: "exists" } : { kind: "written", version: Number(reply) };
}
