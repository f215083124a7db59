import { describeDurability } from "@posthorn/core";
import type { Durability, RedisPersistence } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import { asUnavailable } from "./unavailable.ts";

/** What a Redis is, as far as Posthorn's promises depend on it. */
export interface RedisInspection {
  readonly version: string;
  /** What an acknowledged event survives, in words. */
  readonly durability: string;
  readonly maxMemoryPolicy: string | undefined;
  readonly persists: boolean;
  readonly persistence: RedisPersistence;
  readonly usedMemoryBytes: number;
  /** 0 = unlimited. */
  readonly maxMemoryBytes: number;
}

/** Reads the settings that decide what an acknowledged event survives; managed Redis may hide them. */
export async function inspectRedis(
  redis: RedisClient,
  durability: Durability = { kind: "as-found" },
): Promise<RedisInspection> {
  try {
    const info = await redis.info();
    const told = (name: string): string | undefined => new RegExp(`^${name}:(\\S+)`, "m").exec(info)?.[1];
    const settings = await readSettings(redis);
    const save = settings?.["save"];
    const persistence: RedisPersistence = {
      version: told("redis_version") ?? "unknown",
      appendOnly: isOn(told("aof_enabled")),
      appendFsync: settings?.["appendfsync"],
      snapshots: save === undefined ? undefined : save !== "",
      replicas: Number(told("connected_slaves") ?? 0),
    };
    return {
      version: persistence.version,
      durability: describeDurability(durability, persistence),
      maxMemoryPolicy: settings?.["maxmemory-policy"],
      persists: persistence.appendOnly !== false || persistence.snapshots !== false,
      persistence,
      usedMemoryBytes: Number(told("used_memory") ?? 0),
      maxMemoryBytes: Number(told("maxmemory") ?? 0),
    };
  } catch (error) {
    throw asUnavailable(error);
  }
}

function isOn(flag: string | undefined): boolean | undefined {
  return flag === undefined ? undefined : flag === "1";
}

async function readSettings(redis: RedisClient): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const pairs = await Promise.all(
      ["appendfsync", "save", "maxmemory-policy"].map(async (name) => {
        const [, value] = await redis.config("GET", name);
        return [name, value ?? ""] as const;
      }),
    );
    return Object.fromEntries(pairs);
  } catch (error) {
    // Only who may not ask is not told: one that is away says nothing of its settings.
    if (error instanceof Error && /^(?:NOPERM|ERR)\b/.test(error.message)) return undefined;
    throw error;
  }
}
