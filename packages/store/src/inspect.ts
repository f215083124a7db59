import type { RedisClient } from "./connect.ts";
import { asUnavailable } from "./unavailable.ts";

/** What a Redis is, as far as Posthorn's promises depend on it. */
export interface RedisInspection {
  readonly version: string;
  /** What an acknowledged event survives, in words. */
  readonly durability: string;
  readonly maxMemoryPolicy: string | undefined;
  readonly persists: boolean;
  readonly usedMemoryBytes: number;
  /** 0 = unlimited. */
  readonly maxMemoryBytes: number;
}

/** Reads the settings that decide what an acknowledged event survives; managed Redis may hide them. */
export async function inspectRedis(redis: RedisClient): Promise<RedisInspection> {
  try {
    const info = `${await redis.info("server")}\n${await redis.info("memory")}`;
    const told = (name: string): string | undefined => new RegExp(`^${name}:(\\S+)`, "m").exec(info)?.[1];
    const version = told("redis_version") ?? "unknown";
    const memory = {
      usedMemoryBytes: Number(told("used_memory") ?? 0),
      maxMemoryBytes: Number(told("maxmemory") ?? 0),
    };
    const settings = await readSettings(redis);
    if (settings === undefined) {
      return {
        version,
        durability: "unknown: this Redis does not show its settings (CONFIG is refused)",
        maxMemoryPolicy: undefined,
        persists: true,
        ...memory,
      };
    }
    const appends = settings["appendonly"] === "yes";
    const snapshots = (settings["save"] ?? "") !== "";
    return {
      version,
      durability: describe(appends ? settings["appendfsync"] : undefined, snapshots),
      maxMemoryPolicy: settings["maxmemory-policy"],
      persists: appends || snapshots,
      ...memory,
    };
  } catch (error) {
    throw asUnavailable(error);
  }
}

async function readSettings(redis: RedisClient): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const pairs = await Promise.all(
      ["appendonly", "appendfsync", "save", "maxmemory-policy"].map(async (name) => {
        const [, value] = await redis.config("GET", name);
        return [name, value ?? ""] as const;
      }),
    );
    return Object.fromEntries(pairs);
  } catch {
    return undefined;
  }
}

function describe(fsync: string | undefined, snapshots: boolean): string {
  switch (fsync ?? "") {
    case "always":
      return "an acknowledged event survives a crash of Redis and of its machine (AOF, fsync before every answer)";
    case "everysec":
      return "an acknowledged event may be lost when Redis or its machine crashes within about a second (AOF, fsync every second)";
    case "no":
      return "an acknowledged event may be lost when the machine of Redis crashes (AOF, fsync left to the system)";
    default:
      return snapshots
        ? "acknowledged events since the last snapshot are lost when Redis stops or crashes (no AOF)"
        : "acknowledged events are lost when Redis stops or crashes (it persists nothing)";
  }
}
