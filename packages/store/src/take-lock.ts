import type { RedisClient } from "./connect.ts";
import { asUnavailable } from "./unavailable.ts";

/** Takes a right that one has at a time, for `lifeMs` at most; false while somebody else has it. */
export async function takeLock(redis: RedisClient, key: string, holder: string, lifeMs: number): Promise<boolean> {
  try {
    if ((await redis.set(key, holder, "PX", lifeMs, "NX")) === "OK") return true;
    // No life is longer, unless the clock of Redis was set back: who died then must not keep others waiting for an hour.
    if ((await redis.pttl(key)) > lifeMs) await redis.pexpire(key, lifeMs);
    return false;
  } catch (error) {
    throw asUnavailable(error);
  }
}
