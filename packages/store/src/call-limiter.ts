import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";

/** Says whether one more call of somebody fits into this second. */
export interface CallLimiter {
  /** Counts a call; resolves to how long to wait before the next one, 0 = it may be made. Never throws. */
  waitMs(caller: string): Promise<number>;
}

const WINDOW_MS = 1_000;

interface CallLimiterOptions {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly callsPerSecond: number;
}

/** Counts calls over all processes, second by second; while Redis is away each process counts for itself. */
export function createCallLimiter({ redis, keys, callsPerSecond }: CallLimiterOptions): CallLimiter {
  const limit = { points: callsPerSecond, duration: WINDOW_MS / 1_000 };
  const limiter = new RateLimiterRedis({
    ...limit,
    storeClient: redis,
    keyPrefix: keys.callRate,
    rejectIfRedisNotReady: true,
    // Whoever is over the limit costs Redis nothing more until the second is over.
    inMemoryBlockOnConsumed: callsPerSecond + 1,
    insuranceLimiter: new RateLimiterMemory(limit),
  });
  return {
    waitMs: async (caller) => {
      try {
        await limiter.consume(caller);
        return 0;
      } catch (error) {
        // Not an error but the library's way to say no.
        if (!(error instanceof RateLimiterRes)) return 0;
        if (error.msBeforeNext <= WINDOW_MS) return Math.max(1, error.msBeforeNext);
        // No window is longer: the clock of this machine, or that of Redis, was set back.
        await limiter.delete(caller).catch(() => undefined);
        return 0;
      }
    },
  };
}
