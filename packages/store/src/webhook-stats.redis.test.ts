import { answered, createPartition, numbered, OK, REFUSED } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import type { PartitionLimits } from "./limits.ts";
import { createReadStats } from "./webhook-stats.ts";
import type { ReadStats } from "./webhook-stats.ts";

const MINUTE = 60_000;

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

function partition(limits: Partial<PartitionLimits> = {}): { readonly p: PartitionHarness; readonly read: ReadStats } {
  const p = createPartition(redis, limits);
  return { p, read: createReadStats({ redis, keys: p.keys, nowMs: p.now }) };
}

const IDLE = {
  openEvents: 0,
  waitingBatches: 0,
  scheduledBatches: 0,
  inFlightBatches: 0,
  pausedBatches: 0,
  backlogEvents: 0,
  backlogBytes: 0,
  oldestWaitingAtMs: null,
  failingSinceMs: null,
  nextProbeAtMs: null,
  heldUntilMs: null,
  unreadableSinceMs: null,
  deliveredBatches: 0,
  deliveredEvents: 0,
  failedAttempts: 0,
  expiredBatches: 0,
  overflowedBatches: 0,
  discardedBatches: 0,
  lastSuccessAtMs: null,
  lastFailureAtMs: null,
};

test("a webhook that has done nothing yet has done nothing, and so has an unknown one", async () => {
  const { p, read } = partition();
  const id = await p.webhook();
  const unknown = { id: "00000000-0000-4000-8000-000000000000" as typeof id, partition: 0 };
  expect(await read([{ id, partition: 0 }, unknown])).toEqual([
    { id, ...IDLE },
    { id: unknown.id, ...IDLE },
  ]);
  expect(await read([])).toEqual([]);
});

test("it tells where a webhook's batches are and what became of the others", async () => {
  const { p, read } = partition({ concurrency: 2 });
  const id = await p.webhook();
  const beganAtMs = p.now();
  await p.send([id], numbered(10));
  await p.tryAll(() => answered(500));
  await p.pass(1_000);
  await p.send([id], numbered(20, 10));
  await p.tryAll(() => OK);
  await p.pass(1_000);
  const waitingSinceMs = p.now();
  await p.send([id], numbered(64, 30));
  await p.leaseNext();
  const [, , , last] = (await p.sealed(id)).filter((batch) => !p.hints.some((hint) => hint.batch === batch));
  expect(last).toBeDefined();
  const [first, second] = (await redis.zrange(p.keys.partition(0).ready(id), "0", "1")) as [typeof last, typeof last];
  await p.batches.discardBatch({ partition: 0, webhook: id, batch: first! });
  await p.batches.pauseBatch({ partition: 0, webhook: id, batch: second! });
  const bytes =
    Buffer.byteLength(`[${numbered(10).join(",")}]`) + 4 * Buffer.byteLength(`[${numbered(10, 30).join(",")}]`);
  expect(await read([{ id, partition: 0 }])).toEqual([
    {
      ...IDLE,
      id,
      openEvents: 4,
      // One of them has been handed out, but not been claimed yet.
      waitingBatches: 3,
      scheduledBatches: 1,
      inFlightBatches: 1,
      pausedBatches: 1,
      backlogEvents: 60,
      backlogBytes: bytes + Buffer.byteLength(`[${numbered(10, 30).join(",")}]`),
      oldestWaitingAtMs: waitingSinceMs,
      deliveredBatches: 2,
      deliveredEvents: 20,
      failedAttempts: 1,
      discardedBatches: 1,
      lastFailureAtMs: beganAtMs,
      lastSuccessAtMs: beganAtMs + 1_000,
    },
  ]);
});

test("it tells since when a webhook has been failing, and for how long its target asked for a pause", async () => {
  const { p, read } = partition({ concurrency: 3, expiryMs: 10 * MINUTE });
  const [failing, held] = [await p.webhook(), await p.webhook()];
  const since = p.now();
  await p.send([failing], numbered(30));
  await p.tryAll(() => REFUSED);
  await p.send([held], numbered(10));
  await p.tryAll(() => answered(429, 2 * MINUTE));
  const both = [failing, held].map((id) => ({ id, partition: 0 }));
  expect(await read(both)).toMatchObject([
    { failingSinceMs: since, nextProbeAtMs: since + MINUTE, heldUntilMs: null, failedAttempts: 3, waitingBatches: 3 },
    { failingSinceMs: null, nextProbeAtMs: null, heldUntilMs: since + 2 * MINUTE, scheduledBatches: 1 },
  ]);
  for (let minute = 0; minute < 12; minute++) {
    await p.pass(MINUTE);
    await p.tryAll(({ webhook }) => (webhook === held ? OK : REFUSED));
  }
  expect(await read(both)).toMatchObject([
    { expiredBatches: 3, backlogEvents: 0, backlogBytes: 0 },
    { heldUntilMs: null, deliveredEvents: 10, lastSuccessAtMs: expect.any(Number) as number },
  ]);
});

test("more webhooks than are read at a time are told of in the order asked for", async () => {
  const { p, read } = partition();
  const ids = await Promise.all(Array.from({ length: 1_201 }, () => p.webhook()));
  await p.send([ids[700]!], numbered(3));
  const rows = await read(ids.map((id) => ({ id, partition: 0 })));
  expect(rows.map(({ id }) => id)).toEqual(ids);
  expect(rows.filter(({ openEvents }) => openEvents === 3).map(({ id }) => id)).toEqual([ids[700]]);
});
