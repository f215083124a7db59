import type { ApiKey } from "@posthorn/core";
import type { ApiKeys, StoredApiKey } from "./api-keys.ts";
import type { Durably } from "./confirmed-places.ts";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import { createApiKey } from "./scripts/create-api-key.ts";
import { noteKeyUse } from "./scripts/note-key-use.ts";
import { revokeApiKey } from "./scripts/revoke-api-key.ts";
import { asUnavailable } from "./unavailable.ts";

interface ApiKeysOptions {
  readonly redis: RedisClient;
  readonly keys: Keys;
  /** What was changed is told of when it is as durable as asked for. */
  readonly durably?: Durably;
  /** For tests; without it Redis' own clock counts. */
  readonly nowMs?: () => number;
}

export function createApiKeys({
  redis,
  keys: allKeys,
  durably = (_key, work) => work(redis),
  nowMs,
}: ApiKeysOptions): ApiKeys {
  const keys = allKeys.definitions;
  return {
    create: (key) => durably(keys.apiKeys, (connection) => createApiKey(connection, keys, key)),
    list: async () => {
      try {
        const [texts, uses] = await Promise.all([redis.hvals(keys.apiKeys), redis.hgetall(keys.apiKeyUses)]);
        return texts
          .map((text): StoredApiKey => {
            const key = JSON.parse(text) as ApiKey;
            const usedAtMs = uses[key.id];
            return { ...key, lastUsedAtMs: usedAtMs === undefined ? null : Number(usedAtMs) };
          })
          .toSorted((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1));
      } catch (error) {
        throw asUnavailable(error);
      }
    },
    revoke: (id) => durably(keys.apiKeys, (connection) => revokeApiKey(connection, keys, id)),
    noteUsed: (id) => noteKeyUse(redis, keys, id, nowMs?.()),
  };
}
