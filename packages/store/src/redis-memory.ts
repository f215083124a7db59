import type { RedisMemory } from "@posthorn/core";
import type { Redis } from "ioredis";

/** The memory of Redis as `INFO` tells it; `undefined` where that is refused, as some that are managed do. */
export async function inspectMemory(redis: Redis): Promise<RedisMemory | undefined> {
  let info: string;
  try {
    info = await redis.info("memory");
  } catch (error) {
    if (error instanceof Error && /^(?:NOPERM|ERR)\b/.test(error.message)) return undefined;
    throw error;
  }
  const told = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
  return { maxBytes: told("maxmemory"), machineBytes: told("total_system_memory") };
}
