import { describeDurability, isOnDisk, weakestPersistence } from "@posthorn/core";
import type { Durability, RedisPersistence } from "@posthorn/core";
import type { Redis } from "ioredis";
import type { RedisClient } from "./connect.ts";
import { isOneMaster, mastersOf } from "./masters.ts";
import { asUnavailable, StoreUnavailableError } from "./unavailable.ts";

/** What a Redis is, as far as Posthorn's promises depend on it; of a Cluster, what all of its masters are at least. */
export interface RedisInspection {
  /** As a Redis; what is compatible to it has a version of its own, too. */
  readonly version: string;
  /** What it is, for people: also how many masters there are, and whether it is Valkey. */
  readonly product: string;
  /** What an acknowledged event survives, in words. */
  readonly durability: string;
  /** Whether it is on the disk of Redis; `undefined` = nobody knows. */
  readonly onDisk: boolean | undefined;
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
    const results = await Promise.allSettled(mastersOf(redis).map((master) => inspectMaster(master.redis)));
    const [first, ...others] = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const [failure] = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
    // While one of several is away, the others serve what they have.
    if (first === undefined) throw failure ?? new StoreUnavailableError("the Cluster has no master now");
    const all = [first, ...others];
    const away = results.length - all.length;
    const persistence = weakestPersistence([first.persistence, ...others.map((master) => master.persistence)]);
    const policies = all.map((master) => master.maxMemoryPolicy);
    return {
      version: persistence.version,
      product: [
        first.product,
        ...(results.length === 1 ? [] : [`${results.length} masters`]),
        ...(away === 0 ? [] : [`${away} of them away`]),
      ].join(", "),
      durability: describeDurability(durability, persistence),
      onDisk: isOnDisk(durability, persistence),
      maxMemoryPolicy: policies.find((policy) => policy !== undefined && policy !== "noeviction") ?? policies[0],
      persists: persistence.appendOnly !== false || persistence.snapshots !== false,
      persistence,
      usedMemoryBytes: all.reduce((sum, master) => sum + master.usedMemoryBytes, 0),
      maxMemoryBytes: all.some((master) => master.maxMemoryBytes === 0)
        ? 0
        : all.reduce((sum, master) => sum + master.maxMemoryBytes, 0),
    };
  } catch (error) {
    throw asUnavailable(error);
  }
}

/** Throws, with what to do, where one node of a Cluster was taken for a Redis that keeps everything. */
export async function refuseClusterNode(redis: RedisClient): Promise<void> {
  if (!isOneMaster(redis)) return;
  const info = await Promise.all(mastersOf(redis).map((master) => master.redis.info("server"))).catch(() => []);
  if (!info.some((text) => /^redis_mode:cluster/m.test(text))) return;
  throw new Error("REDIS_URL leads to a node of a Redis Cluster: write redis+cluster://host:port instead of redis://");
}

type MasterInspection = Pick<
  RedisInspection,
  "product" | "maxMemoryPolicy" | "persistence" | "usedMemoryBytes" | "maxMemoryBytes"
>;

async function inspectMaster(redis: Redis): Promise<MasterInspection> {
  const info = await redis.info();
  const told = (name: string): string | undefined => new RegExp(`^${name}:(\\S+)`, "m").exec(info)?.[1];
  const settings = await readSettings(redis);
  const save = settings?.["save"];
  const version = told("redis_version") ?? "unknown";
  const valkey = told("valkey_version");
  return {
    product: valkey === undefined ? version : `Valkey ${valkey} (like Redis ${version})`,
    maxMemoryPolicy: settings?.["maxmemory-policy"],
    persistence: {
      version,
      appendOnly: isOn(told("aof_enabled")),
      appendFsync: settings?.["appendfsync"],
      snapshots: save === undefined ? undefined : save !== "",
      replicas: Number(told("connected_slaves") ?? 0),
    },
    usedMemoryBytes: Number(told("used_memory") ?? 0),
    maxMemoryBytes: Number(told("maxmemory") ?? 0),
  };
}

function isOn(flag: string | undefined): boolean | undefined {
  return flag === undefined ? undefined : flag === "1";
}

async function readSettings(redis: Redis): Promise<Readonly<Record<string, string>> | undefined> {
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
