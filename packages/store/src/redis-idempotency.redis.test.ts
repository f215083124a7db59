import { randomUUID } from "node:crypto";
import type { RequestId } from "@posthorn/core";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createKeys } from "./keys.ts";
import { createIdempotency } from "./redis-idempotency.ts";

let redis: RedisClient;
let nowMs = 1_764_000_000_000;
beforeAll(async () => {
  redis = connect({ url: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

const create = () => createIdempotency({ redis, keys: createKeys(`t${randomUUID()}`), nowMs: () => nowMs });
const request = (changes = {}) => ({
  requestId: "key" as RequestId,
  digest: "digest",
  partitions: [0, 3],
  windowMs: 3_600_000,
  ...changes,
});

test("of many that begin at the same time exactly one may go on", async () => {
  const idempotency = create();
  const begun = await Promise.all(Array.from({ length: 20 }, () => idempotency.begin(request())));
  expect(begun.filter((one) => one.kind === "begun")).toHaveLength(1);
  expect(begun.filter((one) => one.kind === "in-progress")).toHaveLength(19);
});

test("a finished request gives its stored answer, and another body is a mismatch", async () => {
  const idempotency = create();
  await idempotency.begin(request());
  await idempotency.finish("key" as RequestId, '{"results":1}');
  expect(await idempotency.begin(request())).toEqual({ kind: "finished", answer: '{"results":1}' });
  expect(await idempotency.begin(request({ digest: "other" }))).toEqual({ kind: "mismatch" });
});

test("when the lease is over or released, a repeat goes on with the partitions recorded first", async () => {
  const idempotency = create();
  await idempotency.begin(request());
  nowMs += 9_999;
  expect(await idempotency.begin(request())).toEqual({ kind: "in-progress", retryAfterMs: 1 });
  nowMs += 1;
  expect(await idempotency.begin(request({ partitions: [7] }))).toEqual({ kind: "begun", partitions: [0, 3] });
  await idempotency.release("key" as RequestId);
  expect(await idempotency.begin(request({ partitions: [] }))).toEqual({ kind: "begun", partitions: [0, 3] });
});
