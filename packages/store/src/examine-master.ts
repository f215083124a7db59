import type { Confirmation } from "@posthorn/core";
import type { Redis } from "ioredis";
import type { Master } from "./masters.ts";

/** What one Redis tells of itself, and how long its disk takes. */
export interface MasterExamination {
  /** Tells the masters of a Cluster apart; empty = there is one Redis. */
  readonly place: string;
  readonly version: string;
  /** For people: whether it is Valkey. */
  readonly product: string;
  /** By their names in `redis.conf`; `undefined` = it refuses to show them. */
  readonly settings: Readonly<Record<(typeof SETTINGS)[number], string>> | undefined;
  readonly appendOnly: boolean | undefined;
  readonly lastAppendFailed: boolean;
  readonly lastRewriteFailed: boolean;
  readonly lastSnapshotFailed: boolean;
  readonly usedMemoryBytes: number;
  /** 0 = unlimited. */
  readonly maxMemoryBytes: number;
  /** Of its machine; 0 = it does not tell. */
  readonly machineMemoryBytes: number;
  readonly evictedKeys: number;
  readonly replicas: number;
  /** By how much its clock is ahead of this machine's; right to within `clockUncertaintyMs`. */
  readonly clockAheadMs: number;
  readonly clockUncertaintyMs: number;
  readonly write: WriteProbe;
}

/** What became of some small writes, confirmed as appends are. */
export type WriteProbe =
  | { readonly kind: "written"; readonly medianMs: number; readonly slowestMs: number }
  /** Redis answers, but does not confirm as `DURABILITY` wants it. */
  | { readonly kind: "unconfirmed"; readonly confirmations: number }
  | { readonly kind: "refused"; readonly why: string };

const SETTINGS = ["appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy", "save"] as const;
const WRITES = 9;
const CONFIRM_WITHIN_MS = 2_000;

interface ExamineOptions {
  /** A key that is there, whose slot it keeps; something is written under it that goes by itself. */
  readonly probeKey: string;
  readonly confirmation: Confirmation["kind"];
}

/** Examines one Redis. Throws when it cannot be asked. */
export async function examineMaster(
  { place, redis }: Master,
  { probeKey, confirmation }: ExamineOptions,
): Promise<MasterExamination> {
  const info = await redis.info();
  const told = (name: string): string | undefined => new RegExp(`^${name}:(\\S+)`, "m").exec(info)?.[1];
  const number = (name: string): number => Number(told(name) ?? 0);
  const version = told("redis_version") ?? "unknown";
  const valkey = told("valkey_version");
  const appendOnly = told("aof_enabled");
  return {
    place,
    version,
    product: valkey === undefined ? `Redis ${version}` : `Valkey ${valkey} (like Redis ${version})`,
    settings: await readSettings(redis),
    appendOnly: appendOnly === undefined ? undefined : appendOnly === "1",
    lastAppendFailed: told("aof_last_write_status") === "err",
    lastRewriteFailed: told("aof_last_bgrewrite_status") === "err",
    lastSnapshotFailed: told("rdb_last_bgsave_status") === "err",
    usedMemoryBytes: number("used_memory"),
    maxMemoryBytes: number("maxmemory"),
    machineMemoryBytes: number("total_system_memory"),
    evictedKeys: number("evicted_keys"),
    replicas: number("connected_slaves"),
    ...(await readClock(redis)),
    write: await probeWrites(redis, probeKey, confirmation),
  };
}

async function readSettings(redis: Redis): Promise<MasterExamination["settings"]> {
  try {
    const pairs = await Promise.all(
      SETTINGS.map(async (name) => [name, (await redis.config("GET", name))[1] ?? ""] as const),
    );
    return Object.fromEntries(pairs) as MasterExamination["settings"];
  } catch (error) {
    // Only who may not ask is not told.
    if (error instanceof Error && /^(?:NOPERM|ERR)\b/.test(error.message)) return undefined;
    throw error;
  }
}

async function readClock(redis: Redis): Promise<Pick<MasterExamination, "clockAheadMs" | "clockUncertaintyMs">> {
  const askedAtMs = Date.now();
  const [seconds, microseconds] = await redis.time();
  const heardAtMs = Date.now();
  const clockMs = Number(seconds) * 1_000 + Number(microseconds) / 1_000;
  return {
    clockAheadMs: Math.round(clockMs - (askedAtMs + heardAtMs) / 2),
    clockUncertaintyMs: Math.ceil((heardAtMs - askedAtMs) / 2),
  };
}

async function probeWrites(redis: Redis, key: string, confirmation: Confirmation["kind"]): Promise<WriteProbe> {
  const times: number[] = [];
  try {
    for (let n = 0; n < WRITES; n++) {
      const startedAtMs = performance.now();
      await redis.set(key, "1", "PX", 10_000);
      const confirmations = await confirm(redis, confirmation);
      if (confirmations < 1) return { kind: "unconfirmed", confirmations };
      times.push(performance.now() - startedAtMs);
    }
    await redis.del(key);
  } catch (error) {
    return { kind: "refused", why: error instanceof Error ? error.message : String(error) };
  }
  const sorted = times.toSorted((a, b) => a - b);
  return { kind: "written", medianMs: sorted[Math.floor(WRITES / 2)] ?? 0, slowestMs: sorted.at(-1) ?? 0 };
}

/** How many confirm; one that confirms by its answer is one. Whether they are as many as wanted is seen elsewhere. */
async function confirm(redis: Redis, confirmation: Confirmation["kind"]): Promise<number> {
  switch (confirmation) {
    case "fsync": {
      const [local] = (await redis.call("WAITAOF", 1, 0, CONFIRM_WITHIN_MS)) as [number];
      return local;
    }
    case "replicas":
      return redis.wait(1, CONFIRM_WITHIN_MS);
    case "answer":
    case "refused":
      return 1;
  }
}
