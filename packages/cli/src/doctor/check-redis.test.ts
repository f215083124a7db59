import type { MasterExamination } from "@posthorn/store";
import { checkRedis } from "./check-redis.ts";
import type { Level } from "./finding.ts";

const GB = 1024 ** 3;

const WELL: MasterExamination = {
  place: "",
  version: "7.2.4",
  product: "Redis 7.2.4",
  settings: { appendfsync: "always", "no-appendfsync-on-rewrite": "no", "maxmemory-policy": "noeviction", save: "" },
  appendOnly: true,
  lastAppendFailed: false,
  lastRewriteFailed: false,
  lastSnapshotFailed: false,
  usedMemoryBytes: GB / 2,
  maxMemoryBytes: GB,
  machineMemoryBytes: 4 * GB,
  evictedKeys: 0,
  replicas: 1,
  clockAheadMs: 12,
  clockUncertaintyMs: 1,
  write: { kind: "written", medianMs: 1.2, slowestMs: 9 },
};

/** What is found beside what is well. */
function found(...masters: Partial<MasterExamination>[]): Record<string, Level> {
  const examination = {
    masters: masters.map((changes) => ({ ...WELL, ...changes })),
    away: [],
    slotsServed: undefined,
    durability: "in words",
    durabilityRefusal: undefined,
  };
  const findings = checkRedis(examination);
  return Object.fromEntries(findings.flatMap(({ check, level }) => (level === "ok" ? [] : [[check, level]])));
}

test("a Redis as it should be gives no cause for anything", () => {
  expect(found({})).toEqual({});
});

test.each<[string, Partial<MasterExamination>, Record<string, Level>]>([
  ["too old", { version: "6.0.16" }, { "redis-version": "problem" }],
  [
    "snapshots only",
    { appendOnly: false, settings: { ...WELL.settings, save: "60 1" } as never },
    { appendonly: "problem" },
  ],
  ["settings hidden", { settings: undefined }, { "redis-settings": "warning" }],
  [
    "fsync left to the system",
    { settings: { ...WELL.settings, appendfsync: "no" } as never },
    { appendfsync: "problem" },
  ],
  ["a disk that refuses", { lastAppendFailed: true }, { "aof-write": "problem" }],
  ["rewrites that fail", { lastRewriteFailed: true }, { "aof-rewrite": "warning" }],
  ["snapshots that fail", { lastSnapshotFailed: true }, { snapshot: "warning" }],
  ["evictions", { evictedKeys: 3 }, { evicted: "problem" }],
  ["nearly full", { usedMemoryBytes: 0.85 * GB }, { memory: "warning" }],
  ["full", { usedMemoryBytes: 0.95 * GB }, { memory: "problem" }],
  ["no room for a rewrite", { maxMemoryBytes: 3 * GB }, { "memory-headroom": "warning" }],
  ["a slow disk", { write: { kind: "written", medianMs: 30, slowestMs: 40 } }, { write: "warning" }],
  ["a very slow disk", { write: { kind: "written", medianMs: 600, slowestMs: 700 } }, { write: "problem" }],
  ["a replica", { write: { kind: "refused", why: "READONLY" } }, { write: "problem" }],
  ["a clock that is a little wrong", { clockAheadMs: -5_000 }, { clock: "warning" }],
  ["a clock that is wrong", { clockAheadMs: 45_000 }, { clock: "problem" }],
  ["a slow answer, by which nothing is known", { clockAheadMs: 3_000, clockUncertaintyMs: 2_900 }, {}],
])("%s", (_, changes, expected) => {
  expect(found(changes)).toEqual(expected);
});

test("the masters of a Cluster are told apart, and their clocks compared", () => {
  expect(found({ place: "a:1", clockAheadMs: 1_500 }, { place: "b:1", clockAheadMs: -1_500 })).toEqual({
    clocks: "warning",
  });
});
