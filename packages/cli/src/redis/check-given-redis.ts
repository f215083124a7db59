import { parseRedisAddress, shownRedisAddress } from "@posthorn/runtime";
import { connect, inspectRedis } from "@posthorn/store";
import type { RedisInspection } from "@posthorn/store";
import { isNewEnough, OLDEST_REDIS } from "./redis-version.ts";

export interface RedisJudgement {
  /** Reasons not to start. */
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
}

/** What is wrong with a Redis, by the promises that it must help to keep. */
export function judgeRedis({
  version,
  maxMemoryPolicy,
  persists,
  durability,
}: Pick<RedisInspection, "version" | "maxMemoryPolicy" | "persists" | "durability">): RedisJudgement {
  const refusals: string[] = [];
  if (!isNewEnough(version)) {
    refusals.push(`it is version ${version}, older than ${OLDEST_REDIS}: upgrade it`);
  }
  if (maxMemoryPolicy !== undefined && maxMemoryPolicy !== "noeviction") {
    refusals.push(
      `it deletes stored events when memory runs short (maxmemory-policy ${maxMemoryPolicy}): run CONFIG SET maxmemory-policy noeviction, and set it in its configuration file`,
    );
  }
  return {
    refusals,
    warnings: persists
      ? []
      : [`NOTHING IS KEPT ON DISK BY THIS REDIS: ${durability}. Set appendonly yes and appendfsync always.`],
  };
}

/** Asks the Redis at `url` what it is; throws with the reason and what to do when it is away or not fit for Posthorn. */
export async function checkGivenRedis(url: string, say: (text: string) => void): Promise<void> {
  const inspection = await inspect(url);
  const { refusals, warnings } = judgeRedis(inspection);
  if (refusals.length > 0) {
    throw new Error(
      `Redis at ${shownRedisAddress(url)} cannot be used:\n${refusals.map((reason) => `  - ${reason}`).join("\n")}`,
    );
  }
  say(`Redis ${inspection.product} at ${shownRedisAddress(url)}: ${inspection.durability}`);
  for (const warning of warnings) say(`WARNING: ${warning}`);
}

async function inspect(url: string): Promise<RedisInspection> {
  const parsed = parseRedisAddress(url);
  if (parsed.kind === "bad") throw new Error(parsed.problems.map((problem) => `REDIS_URL ${problem}`).join("\n"));
  let lastError: Error | undefined;
  const redis = connect({
    address: parsed.address,
    name: "posthorn-launcher",
    onError: (error) => (lastError = error),
  });
  const patience = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("no answer within 5 s")), 5_000).unref();
  });
  try {
    await Promise.race([redis.connect(), patience]);
    return await inspectRedis(redis);
  } catch (error) {
    const reason = lastError?.message ?? (error instanceof Error ? error.message : String(error));
    throw new Error(
      `Redis at ${shownRedisAddress(url)} cannot be reached (${reason}): start it, or correct REDIS_URL`,
      {
        cause: error,
      },
    );
  } finally {
    redis.disconnect();
  }
}
