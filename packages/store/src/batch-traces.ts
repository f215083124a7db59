import type { BatchId } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import type { PartitionKeys } from "./keys.ts";
import { guarded } from "./unavailable.ts";

/** A batch may have events of thousands of requests: so many ranges are looked at, and so many traces told. */
const RANGES_MAX = 128;
const TRACES_MAX = 32;

/** The traces, as `traceparent`s, of the requests whose events come first in a batch, of those that were traced. */
export async function readBatchTraces(redis: RedisClient, keys: PartitionKeys, batch: BatchId): Promise<string[]> {
  const ranges = await guarded(redis.lrange(keys.ranges(batch), 0, RANGES_MAX - 1));
  const chunks = new Set(ranges.map((range) => range.slice(0, range.indexOf(":"))));
  const found = await guarded(Promise.all([...chunks].map((chunk) => redis.hget(keys.chunk(chunk), "t"))));
  return [...new Set(found.filter((trace) => trace !== null))].slice(0, TRACES_MAX);
}
