import type { WebhookId } from "@posthorn/core";
import { answered, createPartition, numbered, OK } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { createBatchListing } from "./batch-listing.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import type { AttemptRecord } from "./records.ts";
import { createRecords } from "./records.ts";

const HOUR = 3_600_000;

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

const recorded = (p: PartitionHarness, id: WebhookId, limit = 1_000): Promise<AttemptRecord[][]> =>
  createRecords(redis, p.keys).batches(id, 0, limit);
const outcomes = async (p: PartitionHarness, id: WebhookId): Promise<string[]> =>
  (await recorded(p, id)).map((attempts) => attempts.map(({ outcome }) => outcome).join(" "));

test("a batch that was discarded counts among the failed ones when an attempt of it did not succeed", async () => {
  const p = createPartition(redis, { maxEvents: 1, concurrency: 1 });
  const id = await p.webhook();
  await p.send([id], numbered(2));
  const tried = await p.leaseNext();
  await p.finish(tried, answered(500));
  for (const batch of await p.sealed(id)) await p.batches.discardBatch({ partition: 0, webhook: id, batch });
  expect(await outcomes(p, id)).toEqual(["failed discarded"]);
});

test("a batch that was split before any attempt did not fail; one that the target found too large did", async () => {
  const p = createPartition(redis, { concurrency: 1 });
  const id = await p.webhook();
  await p.send([id], Array<string>(20).fill(JSON.stringify("x".repeat(300))));
  await p.finish(await p.leaseNext(), answered(413));
  await p.tryAll(() => OK);
  expect(await outcomes(p, id)).toEqual(["failed split"]);
  const listing = createBatchListing({ redis, keys: p.keys, nowMs: p.now });
  const { rows } = await listing.list({ partition: 0, webhook: id, states: ["split"], limit: 10 });
  expect(rows.length).toBeGreaterThan(1);
});

test("a batch that expired before any attempt failed to be delivered", async () => {
  const p = createPartition(redis, { maxEvents: 1 });
  const id = await p.webhook({ paused: true });
  await p.send([id], numbered(1));
  await p.configure(id, { active: false, paused: false });
  await p.pass(5 * HOUR);
  expect(await outcomes(p, id)).toEqual(["expired"]);
});

test("a thousand batches that are discarded untried take no failure's place, and can still be looked at", async () => {
  const p = createPartition(redis, { maxEvents: 1, concurrency: 1 });
  const id = await p.webhook();
  await p.send([id], numbered(1));
  const failed = await p.leaseNext();
  await p.finish(failed, answered(500));
  await p.configure(id, { paused: true });
  await p.send([id], numbered(1_001, 1));
  await p.pass(1);
  const untried = (await p.sealed(id)).filter((batch) => batch !== failed.batch);
  expect(untried).toHaveLength(1_001);
  for (const batch of untried) await p.batches.discardBatch({ partition: 0, webhook: id, batch });
  expect((await recorded(p, id, 1)).map(([first]) => first?.batch)).toEqual([failed.batch]);
  const listing = createBatchListing({ redis, keys: p.keys, nowMs: p.now });
  const { rows } = await listing.list({ partition: 0, webhook: id, states: ["discarded"], limit: 2_000 });
  expect(rows).toHaveLength(1_000);
});
