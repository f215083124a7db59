import { randomUUID } from "node:crypto";
import type { RequestId, WebhookId } from "@posthorn/core";
import { answered, chunkOf, createPartition, numbered, OK } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";

const HOUR = 3_600_000;
/** What one call lets end at most, see `batch-ends.lua`. */
const ENDED_MAX = 100;
const RANGES_MAX = 5_000;
/** Of one batch, in one call. */
const RANGES_OF_BATCH = 1_000;

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

/** Sends events in chunks of their own, so that a batch of them has as many ranges. */
async function sendApart(p: PartitionHarness, webhook: WebhookId, events: number): Promise<void> {
  const chunks = numbered(events).map((text) => chunkOf([text]));
  const groups = [{ webhooks: [webhook], chunks }];
  await p.batches.append({ partition: 0, requestId: randomUUID() as RequestId, doneTtlMs: 60_000, groups });
}

/** Ticks until nothing is due; resolves to by how much `count` fell in each of them. */
async function ticksOf(p: PartitionHarness, count: () => Promise<number>): Promise<number[]> {
  const falls: number[] = [];
  let before = await count();
  for (let isMore = true; isMore;) {
    isMore = await p.batches.tick(0);
    const after = await count();
    falls.push(before - after);
    before = after;
  }
  expect(before).toBe(0);
  return falls;
}

test("batches of several webhooks that expire at once go a bounded number at a time", async () => {
  const p = createPartition(redis, { maxEvents: 1 });
  const ids = await Promise.all([1, 2, 3].map(() => p.webhook({ paused: true })));
  await p.send(ids, numbered(150));
  for (const id of ids) await p.configure(id, { paused: false, active: false });
  await p.pass(3 * HOUR);
  const sealed = async (): Promise<number> => (await Promise.all(ids.map((id) => p.sealed(id)))).flat().length;
  expect(await sealed()).toBe(450);
  p.jump(2 * HOUR);
  expect(Math.max(...(await ticksOf(p, sealed)))).toBe(ENDED_MAX);
  expect(p.notes.filter(({ kind }) => kind === "expired")).toHaveLength(450);
  expect(await p.audit()).toEqual([]);
});

test("of batches of many ranges fewer expire at a time", async () => {
  const p = createPartition(redis, { maxEvents: 1_100, maxBytes: 1_000_000 });
  const id = await p.webhook({ paused: true });
  for (let batch = 0; batch < 12; batch++) await sendApart(p, id, 1_100);
  await p.configure(id, { paused: false, active: false });
  await p.pass(3 * HOUR);
  p.jump(2 * HOUR);
  const chunks = async (): Promise<number> => (await redis.keys(p.keys.partition(0).chunk("*"))).length;
  expect(Math.max(...(await ticksOf(p, chunks)))).toBeLessThanOrEqual(RANGES_MAX + RANGES_OF_BATCH);
  expect(p.notes.filter(({ kind }) => kind === "expired")).toHaveLength(12);
  expect(await p.audit()).toEqual([]);
});

test("what a deleted webhook leaves behind goes a bounded number at a time, and so do records after a day", async () => {
  const p = createPartition(redis, { maxEvents: 1, concurrency: 200 });
  const [deleted, other] = [await p.webhook(), await p.webhook()];
  await p.send([deleted], numbered(350));
  await p.send([other], numbered(180));
  await p.tryAll(({ webhook }) => (webhook === other ? answered(500) : OK));
  await p.batches.discardWaiting({ partition: 0, webhook: other });
  await p.send([deleted], numbered(350));
  await p.batches.forget(deleted, 0);
  const batches = async (): Promise<number> => (await redis.keys(`${p.keys.partition(0).batch("")}*`)).length;
  expect(Math.max(...(await ticksOf(p, batches)))).toBe(ENDED_MAX);
  const records = async (): Promise<number> => (await redis.keys(`${p.keys.partition(0).record("")}*`)).length;
  expect(await records()).toBe(180);
  p.jump(25 * HOUR);
  expect(Math.max(...(await ticksOf(p, records)))).toBe(ENDED_MAX);
});
