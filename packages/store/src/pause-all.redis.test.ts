import type { AttemptOutcome, BatchId, WebhookId } from "@posthorn/core";
import { createPartition, LIMITS, numbered, OK, REFUSED } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { createBatchListing } from "./batch-listing.ts";
import type { BatchRow } from "./batch-row.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createPauseAll } from "./pause-all.ts";
import type { PartitionLimits } from "./limits.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

const partition = (limits: Partial<PartitionLimits> = {}): PartitionHarness => createPartition(redis, limits);
const rowOf = async (p: PartitionHarness, webhook: WebhookId, batch: BatchId): Promise<BatchRow | undefined> =>
  createBatchListing({ redis, keys: p.keys, nowMs: p.now }).get({ partition: 0, webhook, batch });

/** The numbers of the events of every batch that is tried now. */
async function tried(p: PartitionHarness, answer: AttemptOutcome = OK): Promise<number[]> {
  const numbers: number[] = [];
  while (p.hints.some(({ delayMs }) => delayMs <= p.now())) {
    const claim = await p.claimNext();
    if (claim.kind !== "leased") continue;
    numbers.push(...(JSON.parse(await p.body(claim.batch)) as { n: number }[]).map(({ n }) => n));
    await p.finish(claim, answer);
  }
  return numbers;
}

test("while everything is paused, events are collected and nothing is tried, whatever was handed out before", async () => {
  const p = partition({ maxEvents: 1 });
  const id = await p.webhook();
  await p.send([id], numbered(2));
  expect(p.hints).toHaveLength(2);
  expect(await p.pauseAll.order(true)).toBe(p.now());
  expect(await p.pauseAll.since()).toBe(p.now());
  expect((await p.claimNext()).kind).toBe("held");
  await p.send([id], numbered(3, 2));
  await p.pass(HOUR);
  expect(await tried(p)).toEqual([]);
  expect(await p.sealed(id)).toHaveLength(5);
  expect(await p.audit()).toEqual([]);

  expect(await p.pauseAll.order(false)).toBeUndefined();
  await p.pass(0);
  expect((await tried(p)).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
});

test("what is in flight when everything is paused ends as it ends", async () => {
  const p = partition({ maxEvents: 1 });
  const id = await p.webhook();
  await p.send([id], numbered(2));
  const [first, second] = [await p.leaseNext(), await p.leaseNext()];
  await p.pauseAll.order(true);
  expect(await p.finish(first, OK)).toBe("applied");
  expect(await p.finish(second, REFUSED)).toBe("applied");
  await p.pass(HOUR);
  expect(await tried(p)).toEqual([]);
  await p.pauseAll.order(false);
  await p.pass(0);
  expect(await tried(p)).toEqual([1]);
});

test("what was paused for itself stays paused when everything goes on", async () => {
  const p = partition({ maxEvents: 1 });
  const [paused, free, later] = [await p.webhook({ paused: true }), await p.webhook(), await p.webhook()];
  await p.send([paused, free, later], numbered(2));
  const [batch] = (await p.sealed(free)) as [BatchId];
  await p.batches.pauseBatch({ partition: 0, webhook: free, batch });
  await p.pauseAll.order(true);
  await p.configure(later, { paused: true });
  await p.pass(MINUTE);
  await p.pauseAll.order(false);
  await p.pass(0);
  expect(await tried(p)).toHaveLength(1);
  expect([await p.sealed(paused), await p.sealed(free), await p.sealed(later)].map((own) => own.length)).toEqual([
    2, 1, 2,
  ]);

  for (const id of [paused, later]) await p.configure(id, { paused: false });
  await p.batches.resumeBatch({ partition: 0, webhook: free, batch });
  expect(await tried(p)).toHaveLength(5);
});

test("the four hours do not run while everything is paused, nor twice as slowly where a webhook is paused as well", async () => {
  const p = partition({ maxEvents: 1 });
  const id = await p.webhook({ active: true });
  await p.send([id], numbered(1));
  await p.finish(await p.leaseNext(), REFUSED);
  const [batch] = (await p.sealed(id)) as [BatchId];
  const expiresAtMs = (await rowOf(p, id, batch))?.expiresAtMs ?? 0;
  expect(expiresAtMs).toBe(p.now() + 4 * HOUR);

  // Paused for three hours: the webhook in the first two of them, everything in the last two.
  await p.configure(id, { paused: true });
  await p.pass(HOUR);
  await p.pauseAll.order(true);
  expect((await rowOf(p, id, batch))?.expiresAtMs).toBeNull();
  await p.pass(HOUR);
  await p.configure(id, { paused: false });
  expect(await rowOf(p, id, batch)).toMatchObject({ expiresAtMs: null, nextAttemptAtMs: null });
  await p.pass(HOUR);
  await p.pauseAll.order(false);
  expect((await rowOf(p, id, batch))?.expiresAtMs).toBe(expiresAtMs + 3 * HOUR);

  await p.pass(0);
  const leased = await p.leaseNext();
  expect(leased.expiresAtMs).toBe(expiresAtMs + 3 * HOUR);
  await p.finish(leased, REFUSED);
  await p.pass(4 * HOUR - SECOND);
  while (p.hints.some(({ delayMs }) => delayMs <= p.now())) await tried(p, REFUSED);
  expect(p.notes).toEqual([]);
  await p.pass(MINUTE);
  await tried(p, REFUSED);
  expect(p.notes.map(({ kind }) => kind)).toEqual(["expired"]);
});

test("nothing of an inactive webhook expires while everything is paused", async () => {
  const p = partition({ maxEvents: 1 });
  const id = await p.webhook();
  await p.pauseAll.order(true);
  await p.send([id], numbered(1));
  await p.configure(id, { active: false });
  await p.pass(9 * HOUR);
  expect(await p.sealed(id)).toHaveLength(1);
  await p.pauseAll.order(false);
  await p.pass(0);
  await p.pass(4 * HOUR + SECOND);
  expect(p.notes.map(({ kind }) => kind)).toEqual(["expired"]);
});

test("a retry is refused with what is paused, and what waits is packed", async () => {
  const p = partition({ maxEvents: 1 });
  const id = await p.webhook();
  const text = JSON.stringify({ n: 1, text: "compress me ".repeat(100) });
  await p.send([id], [text]);
  const [batch] = (await p.sealed(id)) as [BatchId];
  await p.pauseAll.order(true);
  expect(await p.batches.retryWebhook({ partition: 0, webhook: id })).toEqual({ kind: "all-paused" });
  expect(await p.batches.retryBatch({ partition: 0, webhook: id, batch })).toEqual({ kind: "all-paused" });
  await p.claimNext();
  await p.pass(2 * SECOND);
  await p.pack();
  expect(await redis.hget(p.keys.partition(0).batch(batch), "pk")).toBe("1");
  expect(await p.body(batch)).toBe(`[${text}]`);
});

test("back-log limits hold while everything is paused", async () => {
  const p = partition({ maxEvents: 1, backlogMaxBytes: 40_000, backlogHighBytes: 20_000 });
  const id = await p.webhook();
  await p.pauseAll.order(true);
  await p.send([id], [JSON.stringify("x".repeat(15_000))]);
  await p.send([id], [JSON.stringify("x".repeat(15_000))]);
  // Their reservations end unclaimed.
  while (p.hints.length > 0) await p.claimNext();
  await p.pass(3 * SECOND);
  expect(p.notes.map(({ kind }) => kind)).toEqual(["overflowed"]);
});

test("an order is given once, an older one changes nothing, and a partition that did not know is told by the sweep", async () => {
  const p = partition();
  const since = await p.pauseAll.order(true);
  p.jump(MINUTE);
  expect(await p.pauseAll.order(true)).toBe(since);
  const { pause } = p.keys.partition(0);
  const told = await redis.hgetall(pause);
  // As after a failover to a replica that had not heard of it.
  await redis.del(pause);
  expect(await p.pauseAll.tellAll()).toBe(1);
  expect(await p.pauseAll.tellAll()).toBe(0);
  expect(await redis.hget(pause, "rv")).toBe(told["rv"]);

  await p.pauseAll.order(false);
  await redis.del(p.keys.definitions.pause);
  expect(await p.pauseAll.tell(0)).toBe(false);
  p.jump(SECOND);
  expect(await p.pauseAll.order(true)).toBe(p.now());
  expect(Number(await redis.hget(pause, "ps"))).toBe(p.now());
});

test("everything is paused in every partition, also in one that comes into use later", async () => {
  const p = partition();
  const nowMs = p.now;
  const inUse = [0];
  const context = { redis, keys: p.keys, limits: LIMITS, nowMs };
  const pauseAll = createPauseAll({ context, partitions: async () => inUse });
  await pauseAll.order(true);
  inUse.push(3);
  expect(await pauseAll.tell(3)).toBe(true);
  expect(await redis.hget(p.keys.partition(3).pause, "ps")).toBe(String(p.now()));
});

test("an order that was lost with a Redis, though partitions have heard of it, is given anew as they have heard it", async () => {
  const p = partition({ maxEvents: 1 });
  const id = await p.webhook();
  const { pause } = p.keys.definitions;
  await p.pauseAll.order(true);
  await p.pauseAll.order(false);
  const before = await redis.hgetall(pause);
  p.jump(SECOND);
  await p.pauseAll.order(true);
  await redis.hset(pause, before);
  await p.send([id], numbered(1));
  expect(await tried(p)).toEqual([]);
  expect(await p.pauseAll.since()).toBeUndefined();
  expect(await p.pauseAll.tellAll()).toBe(1);
  expect(await p.pauseAll.tellAll()).toBe(0);
  await p.pass(0);
  expect(await tried(p)).toEqual([]);
  expect(await p.pauseAll.since()).toBe(p.now());
});

test("an order is the newest also where one before it was lost with a Redis, so that everybody follows it", async () => {
  const p = partition({ maxEvents: 1 });
  const id = await p.webhook();
  const { pause } = p.keys.definitions;
  await p.pauseAll.order(true);
  const before = await redis.hgetall(pause);
  p.jump(SECOND);
  await p.pauseAll.order(false);
  await redis.hset(pause, before);
  await p.send([id], numbered(1));
  await p.pauseAll.order(true);
  expect(await tried(p)).toEqual([]);
});
