import { randomUUID } from "node:crypto";
import type { RequestId } from "@posthorn/core";
import { waitFor } from "../../../test/support/wait-for.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createKeys } from "./keys.ts";
import type { Idempotency } from "./idempotency.ts";
import { createIdempotency } from "./redis-idempotency.ts";

let redis: RedisClient;
let nowMs = 1_764_000_000_000;
let idempotency: Idempotency;
let key: string;
const requestId = "key" as RequestId;

beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
beforeEach(() => {
  const keys = createKeys(`t${randomUUID()}`);
  key = keys.idempotency(requestId);
  idempotency = createIdempotency({ redis, keys, nowMs: () => nowMs });
});
afterEach(async () => {
  await redis.del(key);
});
afterAll(() => redis.disconnect());

const begin = (changes: Partial<Parameters<Idempotency["begin"]>[0]> = {}) =>
  idempotency.begin({
    requestId,
    holder: randomUUID(),
    digest: "digest",
    partitions: [0, 3],
    windowMs: 3_600_000,
    ...changes,
  });
const finish = (appendId: string, answer: string) =>
  idempotency.finish({ requestId, appendId: appendId as RequestId, answer });

test("of many that begin at the same time exactly one may go on", async () => {
  const begun = await Promise.all(Array.from({ length: 20 }, () => begin()));
  expect(begun.filter((one) => one.kind === "begun")).toHaveLength(1);
  expect(begun.filter((one) => one.kind === "in-progress")).toHaveLength(19);
});

test("a finished request gives its stored answer, and another body is a mismatch", async () => {
  await begin({ holder: "first" });
  expect(await finish("first", '{"results":1}')).toBe('{"results":1}');
  expect(await begin()).toEqual({ kind: "finished", answer: '{"results":1}' });
  expect(await begin({ digest: "other" })).toEqual({ kind: "mismatch" });
});

test("another body is a mismatch also while the first one is being worked on", async () => {
  await begin();
  expect(await begin({ digest: "other" })).toEqual({ kind: "mismatch" });
});

test("when the lease is over, a repeat goes on under the id and for the partitions recorded first", async () => {
  await begin({ holder: "first" });
  nowMs += 9_999;
  expect(await begin()).toEqual({ kind: "in-progress", retryAfterMs: 1 });
  nowMs += 1;
  expect(await begin({ partitions: [7] })).toEqual({ kind: "begun", appendId: "first", partitions: [0, 3] });
  expect(await begin()).toEqual({ kind: "in-progress", retryAfterMs: 10_000 });
});

test("a released lease need not be waited for, but only its holder can release it", async () => {
  await begin({ holder: "first", partitions: [] });
  await idempotency.release({ requestId, holder: "someone else" });
  expect((await begin()).kind).toBe("in-progress");
  await idempotency.release({ requestId, holder: "first" });
  expect(await begin({ holder: "second" })).toEqual({ kind: "begun", appendId: "first", partitions: [] });
  await idempotency.release({ requestId, holder: "first" });
  expect((await begin()).kind).toBe("in-progress");
});

test("a holder whose reply was lost may begin again", async () => {
  await begin({ holder: "first" });
  expect(await begin({ holder: "first" })).toEqual({ kind: "begun", appendId: "first", partitions: [0, 3] });
});

test("of two tries that both finish, the first answer counts for both", async () => {
  await begin({ holder: "first" });
  nowMs += 10_000;
  await begin({ holder: "second" });
  expect(await finish("first", "one")).toBe("one");
  expect(await finish("first", "two")).toBe("one");
  expect(await begin()).toEqual({ kind: "finished", answer: "one" });
});

test("repeats do not prolong the window, and after it the same key is a new request under a new id", async () => {
  await begin({ holder: "first", windowMs: 60_000 });
  nowMs += 10_000;
  await begin({ holder: "second", windowMs: 3_600_000 });
  expect(await redis.pttl(key)).toBeLessThanOrEqual(60_000);
  await redis.pexpire(key, 1);
  await waitFor("the end of the window", async () => (await redis.exists(key)) === 0);
  expect(await begin({ holder: "third", digest: "other", partitions: [1] })).toEqual({
    kind: "begun",
    appendId: "third",
    partitions: [1],
  });
  expect(await finish("first", "late")).toBe("late");
  expect((await begin({ digest: "other" })).kind).toBe("in-progress");
});

test("finishing and releasing after the window leave nothing behind", async () => {
  expect(await finish("first", "late")).toBe("late");
  await idempotency.release({ requestId, holder: "first" });
  expect(await redis.exists(key)).toBe(0);
});

test("a lease that was given before the clock of Redis was set back is over", async () => {
  await begin({ holder: "first" });
  nowMs -= 3_600_000;
  expect(await begin({ holder: "second" })).toMatchObject({ kind: "begun", appendId: "first" });
  nowMs += 3_600_000;
});
