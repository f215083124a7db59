import { Cluster, Command } from "ioredis";
import type { Redis } from "ioredis";
import type { RedisClient } from "./connect.ts";
import { StoreUnavailableError } from "./unavailable.ts";

/** A Redis that takes writes, for what is asked of it and not of a key: `TIME`, `INFO`, `WAIT`. */
export interface Master {
  /** Tells the masters of a Cluster apart. One Redis is the same place, whoever is the master there. */
  readonly place: string;
  /** The connection on which commands about its keys are sent. */
  readonly redis: Redis;
}

/** Whether all keys are in the same place. */
export function isOneMaster(redis: RedisClient): boolean {
  return !(redis instanceof Cluster);
}

/** The one Redis, or the masters of a Cluster that are known now. */
export function mastersOf(redis: RedisClient): readonly Master[] {
  if (!(redis instanceof Cluster)) return [{ place: "", redis }];
  return redis.nodes("master").map((node) => ({ place: placeOf(node), redis: node }));
}

/** Where a key is, as far as is known now; commands about keys find out by themselves. */
export function masterOf(redis: RedisClient, key: string): Master {
  if (!(redis instanceof Cluster)) return { place: "", redis };
  const place = keyPlace(redis, key);
  const master = mastersOf(redis).find((one) => one.place === place);
  if (master === undefined) throw new StoreUnavailableError("the Cluster has no master for this now");
  return master;
}

function keyPlace(redis: Cluster, key: string): string | undefined {
  const slot = new Command("get", [key]).getSlot();
  return slot === null ? undefined : redis.slots[slot]?.[0];
}

function placeOf({ options }: Redis): string {
  return `${options.host}:${options.port}`;
}

const connections = new WeakMap<Redis, { count: number }>();

/**
 * Counts how often a key may have begun to be kept by another Redis, which may lack what the one before had: at each new
 * connection to where it is. Asked after an answer of Redis, it has noticed whatever came before that answer.
 */
export function watchPlace(redis: RedisClient, key: string): () => number {
  if (!(redis instanceof Cluster)) {
    const known = connections.get(redis);
    if (known !== undefined) return () => known.count;
    const counter = { count: 0 };
    connections.set(redis, counter);
    redis.on("close", () => counter.count++);
    return () => counter.count;
  }
  let seen: Redis | undefined;
  let count = 0;
  return () => {
    // A Cluster's connections are never made anew: others take their place.
    const now = mastersOf(redis).find((master) => master.place === keyPlace(redis, key))?.redis;
    if (now !== undefined && now !== seen) {
      seen = now;
      count += 1;
    }
    return count;
  };
}

/** Redis' time where a key is, in ms: the masters of a Cluster have clocks of their own. */
export async function redisNowMs(redis: RedisClient, key: string): Promise<number> {
  const [seconds, microseconds] = await masterOf(redis, key).redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
}
