import { Cluster } from "ioredis";
import type { Redis } from "ioredis";
import { parseRedisAddress } from "@posthorn/runtime";
import { connect } from "@posthorn/store";
import type { RedisClient } from "../../packages/store/src/connect.ts";

/** A connection of a test's own to any kind of Redis. */
export async function openRedis(url: string): Promise<RedisClient> {
  const parsed = parseRedisAddress(url);
  if (parsed.kind === "bad") throw new Error(`${url} ${parsed.problems.join()}`);
  const redis = connect({ address: parsed.address, name: "test", onError: () => undefined });
  await redis.connect();
  // What is sent while the connection to a master is being made fails.
  await Promise.allSettled(mastersOf(redis).map((master) => master.ping()));
  return redis;
}

/** Those that hold the keys. */
export function mastersOf(redis: RedisClient): Redis[] {
  return redis instanceof Cluster ? redis.nodes("master") : [redis];
}
