import { randomUUID } from "node:crypto";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createKeys } from "./keys.ts";
import { createProcesses } from "./processes.ts";
import { confirmVersion } from "./scripts/confirm-version.ts";

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

test("who was heard of in the last 15 seconds counts, until it leaves", async () => {
  const keys = createKeys(`t${randomUUID()}`);
  let now = 1_764_000_000_000;
  const processes = createProcesses({ redis, keys, nowMs: () => now });
  expect(await processes.count()).toEqual({ api: 0, workers: 0 });
  await confirmVersion(redis, keys.definitions, "an API process", 0, now);
  await processes.noteWorker("one");
  await processes.noteWorker("two");
  expect(await processes.count()).toEqual({ api: 1, workers: 2 });
  now += 10_000;
  await processes.noteWorker("one");
  now += 5_001;
  expect(await processes.count()).toEqual({ api: 0, workers: 1 });
  await processes.forgetWorker("one");
  expect(await processes.count()).toEqual({ api: 0, workers: 0 });
});

test("processes that died are not remembered for ever", async () => {
  const keys = createKeys(`t${randomUUID()}`);
  let now = 1_764_000_000_000;
  const processes = createProcesses({ redis, keys, nowMs: () => now });
  for (let n = 0; n < 20; n++) {
    await processes.noteWorker(`worker ${n}`);
    now += 10_000;
  }
  expect(await redis.zcard(keys.definitions.workers)).toBe(6);
});

test("without a time of its own it goes by Redis' clock", async () => {
  const processes = createProcesses({ redis, keys: createKeys(`t${randomUUID()}`) });
  await processes.noteWorker("one");
  expect(await processes.count()).toEqual({ api: 0, workers: 1 });
});

test("who died before the clock of Redis was set back does not count for longer", async () => {
  const keys = createKeys(`t${randomUUID()}`);
  let now = 1_764_000_000_000;
  const processes = createProcesses({ redis, keys, nowMs: () => now });
  await processes.noteWorker("dead");
  await confirmVersion(redis, keys.definitions, "a dead API process", 0, now);
  now -= 3_600_000;
  for (let beats = 0; beats < 3; beats++) {
    await processes.noteWorker("alive");
    await confirmVersion(redis, keys.definitions, "a living API process", 0, now);
    expect(await processes.count()).toEqual({ api: 2, workers: 2 });
    now += 5_000;
  }
  now += 1;
  await processes.noteWorker("alive");
  await confirmVersion(redis, keys.definitions, "a living API process", 0, now);
  expect(await processes.count()).toEqual({ api: 1, workers: 1 });
});

test("processes are told apart by the release that their ids name", async () => {
  const keys = createKeys(`t${randomUUID()}`);
  const processes = createProcesses({ redis, keys });
  await processes.noteWorker("one@0.1.0");
  await processes.noteWorker("two@0.2.0");
  await processes.noteWorker("three@0.2.0");
  await processes.noteWorker("of before");
  await confirmVersion(redis, keys.definitions, "four@0.2.0", 0);
  expect(await processes.byRelease()).toEqual([
    { release: "0.1.0", api: 0, workers: 1 },
    { release: "0.2.0", api: 1, workers: 2 },
    { release: "unknown", api: 0, workers: 1 },
  ]);
});
