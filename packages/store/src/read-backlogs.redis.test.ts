import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createReadBacklogs } from "./read-backlogs.ts";
import type { ReadBacklogs } from "./read-backlogs.ts";
import { answered, createPartition, LIMITS, numbered } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { freshDatabase } from "../../../test/support/stack.ts";

let redis: RedisClient;
let partition: PartitionHarness;
let readBacklogs: ReadBacklogs;
const readFor = (toldMax?: number): ReadBacklogs =>
  createReadBacklogs({
    context: { redis, keys: partition.keys, limits: LIMITS, nowMs: partition.now },
    partitions: async () => [0],
    ...(toldMax === undefined ? {} : { toldMax }),
  });

beforeEach(async () => {
  redis = connect({ address: await freshDatabase(), name: "test", onError: () => undefined });
  await redis.connect();
  partition = createPartition(redis);
  readBacklogs = readFor();
});
afterEach(() => redis.disconnect());

test("what still collects is an open batch, and no back-log until it is sealed", async () => {
  const [a, b] = [await partition.webhook(), await partition.webhook()];
  expect(await readBacklogs()).toEqual({ rows: [], untold: { webhooks: 0, bytes: 0 }, openBatches: 0 });
  await partition.send([a, b], numbered(3));
  expect(await readBacklogs()).toMatchObject({ rows: [], openBatches: 2 });
  const beganMs = partition.now();
  await partition.pass(30_000);
  const { rows, openBatches } = await readBacklogs();
  expect(openBatches).toBe(0);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ batches: 1, events: 3, bytes: 25, oldestAtMs: beganMs, isFailing: false });
});

test("the oldest batch is found wherever it lies: ready, reserved, leased, scheduled or paused", async () => {
  const webhook = await partition.webhook();
  const beganMs = partition.now();
  const oldest = async (): Promise<number | null | undefined> => (await readBacklogs()).rows[0]?.oldestAtMs;
  await partition.send([webhook], numbered(10));
  expect(await oldest()).toBe(beganMs);
  const leased = await partition.leaseNext();
  expect(await oldest()).toBe(beganMs);
  await partition.finish(leased, answered(500));
  partition.jump(1_000);
  for (let n = 0; n < 4; n++) await partition.send([webhook], numbered(10));
  expect(await oldest()).toBe(beganMs);
  await partition.batches.pauseBatch({ partition: 0, webhook, batch: leased.batch });
  expect(await oldest()).toBe(beganMs);
  await partition.batches.discardBatch({ partition: 0, webhook, batch: leased.batch });
  expect(await oldest()).toBe(beganMs + 1_000);
});

test("beyond a bound only the bytes are told, and the largest come first", async () => {
  const sizes = [10, 30, 20];
  for (const size of sizes) {
    const webhook = await partition.webhook({ paused: true });
    await partition.send([webhook], numbered(size));
  }
  const { rows } = await readBacklogs();
  expect(rows.map(({ events }) => events)).toEqual([30, 20, 10]);
  const { rows: told, untold } = await readFor(1)();
  expect(told.map(({ events }) => events)).toEqual([30]);
  expect(untold).toEqual({ webhooks: 2, bytes: (rows[1]?.bytes ?? 0) + (rows[2]?.bytes ?? 0) });
});

test("a webhook that is deleted takes its back-log and its open batch out of the count", async () => {
  const webhook = await partition.webhook();
  await partition.send([webhook], numbered(13));
  expect(await readBacklogs()).toMatchObject({ openBatches: 1, rows: [{ batches: 1 }] });
  await partition.batches.forget(webhook, 0);
  expect(await readBacklogs()).toMatchObject({ openBatches: 0, rows: [] });
});
