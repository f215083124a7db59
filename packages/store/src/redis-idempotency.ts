import type { Durably } from "./confirmed-places.ts";
import type { RedisClient } from "./connect.ts";
import type { Idempotency } from "./idempotency.ts";
import type { Keys } from "./keys.ts";
import { beginRequest } from "./scripts/begin-request.ts";
import { finishRequest } from "./scripts/finish-request.ts";
import { releaseRequest } from "./scripts/release-request.ts";

interface IdempotencyOptions {
  readonly redis: RedisClient;
  readonly keys: Keys;
  /** A request is begun when that is as durable as asked for, so that a repeat finds it. */
  readonly durably?: Durably;
  /** For tests; without it Redis' own clock counts. */
  readonly nowMs?: () => number;
}

export function createIdempotency({
  redis,
  keys,
  durably = (_key, work) => work(redis),
  nowMs,
}: IdempotencyOptions): Idempotency {
  return {
    begin: ({ requestId, ...request }) =>
      durably(keys.idempotency(requestId), (connection) =>
        beginRequest(connection, {
          key: keys.idempotency(requestId),
          ...request,
          ...(nowMs === undefined ? {} : { nowMs: nowMs() }),
        }),
      ),
    finish: ({ requestId, ...request }) => finishRequest(redis, { key: keys.idempotency(requestId), ...request }),
    release: ({ requestId, holder }) => releaseRequest(redis, { key: keys.idempotency(requestId), holder }),
  };
}
