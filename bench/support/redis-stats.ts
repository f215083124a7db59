import { Redis } from "ioredis";

/** What Redis says of itself. */
export interface RedisStats {
  /** What it holds, without what is reserved for its clients. */
  readonly dataBytes: number;
  readonly commands: number;
  readonly aofBytes: number;
}

export async function redisStats(url: string): Promise<RedisStats> {
  const redis = new Redis(url);
  try {
    const info = await redis.info();
    const number = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
    return {
      dataBytes: number("used_memory_dataset"),
      commands: number("total_commands_processed"),
      aofBytes: number("aof_current_size"),
    };
  } finally {
    redis.disconnect();
  }
}
