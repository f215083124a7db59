import type { RedisClient } from "./connect.ts";
import type { Idempotency } from "./idempotency.ts";
import type { Keys } from "./keys.ts";
import { beginRequest } from "./scripts/begin-request.ts";
import { asUnavailable } from "./unavailable.ts";

export function createIdempotency(deps: {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly nowMs?: () => number;
}): Idempotency {
  const { redis, keys, nowMs } = deps;
  return {
    begin: ({ requestId, ...request }) =>
      beginRequest(redis, {
        key: keys.idempotency(requestId),
        ...request,
        ...(nowMs === undefined ? {} : { nowMs: nowMs() }),
      }),
    finish: async (requestId, answer) => {
      try {
        await redis.hset(keys.idempotency(requestId), "r", answer);
      } catch (error) {
        throw asUnavailable(error);
      }
    },
    release: async (requestId) => {
      try {
        await redis.hset(keys.idempotency(requestId), "l", 0);
      } catch (error) {
        throw asUnavailable(error);
      }
    },
  };
}
