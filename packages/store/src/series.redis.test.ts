import { createPartition, OK } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import type { WebhookId } from "@posthorn/core";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { noFlow } from "./flow.ts";
import type { Flow } from "./flow.ts";
import { noteSeries } from "./scripts/note-series.ts";
import { noteTotalSeries } from "./scripts/note-total-series.ts";
import { createSeriesReader } from "./series.ts";
import type { SeriesReader } from "./series.ts";

const MINUTE = 60_000;

let redis: RedisClient;
let p: PartitionHarness;
let series: SeriesReader;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  p = createPartition(redis);
  series = createSeriesReader({ redis, keys: p.keys, nowMs: p.now });
});

const note = (webhook: WebhookId, flow: Partial<Flow> = {}): Promise<void> =>
  noteSeries(redis, p.keys.partition(0), [[webhook, { ...noFlow(), ...flow }]], p.now());

test("what passes is added up in its step, and what waits is what waited last", async () => {
  const webhook = await p.webhook();
  await p.send([webhook], ["{}"]);
  await note(webhook, { eventsIn: 3 });
  await p.pass(30_000);
  await note(webhook, { eventsIn: 4, failedAttempts: 1, latencySumMs: 20, latencyMaxMs: 20 });
  p.jump(MINUTE);
  await note(webhook, { batchesOut: 2, eventsOut: 7, latencySumMs: 12, latencyMaxMs: 9 });
  p.jump(2 * MINUTE);
  const { steps, stepMs, fromMs, nowMs } = await series.webhook({ partition: 0, webhook }, "1h");
  expect(steps).toHaveLength(60);
  expect({ stepMs, nowMs, span: Math.floor(nowMs / MINUTE) * MINUTE - fromMs }).toEqual({
    stepMs: MINUTE,
    nowMs: p.now(),
    span: 59 * MINUTE,
  });
  const first = steps.findIndex(({ eventsIn }) => eventsIn > 0);
  const told = steps.slice(first).filter(({ eventsIn, batchesOut }) => eventsIn + batchesOut > 0);
  expect(told.reduce((sum, { eventsIn }) => sum + eventsIn, 0)).toBe(7);
  expect(told.at(-1)).toMatchObject({ eventsOut: 7, batchesOut: 2, latencySumMs: 12, latencyMaxMs: 9 });
  // Without traffic as much waits as before.
  expect(
    steps
      .slice(-3)
      .map(({ backlogBatches, backlogEvents, backlogBytes }) => [backlogBatches, backlogEvents, backlogBytes]),
  ).toEqual(Array.from({ length: 3 }, () => [1, 1, 4]));
  const day = await series.webhook({ partition: 0, webhook }, "24h");
  expect(day.steps).toHaveLength(96);
  expect(day.steps.reduce((sum, { eventsIn }) => sum + eventsIn, 0)).toBe(7);
  expect(Math.max(...day.steps.map(({ latencyMaxMs }) => latencyMaxMs))).toBe(20);
});

test("what is older than the window is gone from it, and its level is where the window begins", async () => {
  const webhook = await p.webhook();
  await p.send([webhook], ["{}"]);
  await p.pass(30_000);
  await note(webhook, { eventsIn: 1 });
  p.jump(61 * MINUTE);
  const { steps } = await series.webhook({ partition: 0, webhook }, "1h");
  expect(steps.every(({ eventsIn, backlogBatches }) => eventsIn === 0 && backlogBatches === 1)).toBe(true);
  p.jump(25 * 60 * MINUTE);
  await note(webhook, { eventsIn: 5 });
  const day = await series.webhook({ partition: 0, webhook }, "24h");
  expect(day.steps.map(({ eventsIn }) => eventsIn).filter((events) => events > 0)).toEqual([5]);
});

test("what waits now is read, not remembered", async () => {
  const webhook = await p.webhook();
  await p.send([webhook], ["{}"]);
  await p.pass(30_000);
  await note(webhook);
  p.jump(MINUTE);
  await p.finish(await p.leaseNext(), OK);
  const { steps } = await series.webhook({ partition: 0, webhook }, "1h");
  expect(steps.slice(-2).map(({ backlogBatches }) => backlogBatches)).toEqual([1, 0]);
});

test("whoever closes a batch that is not tried hears of it, so that what waits can be noted", async () => {
  const [delivering, paused] = [await p.webhook(), await p.webhook({ paused: true })];
  await p.send([delivering, paused], ["{}"]);
  await p.pass(29_999);
  expect(p.waiting).toEqual([]);
  await p.pass(1);
  expect(p.waiting).toEqual([paused]);
  await p.pass(60_000);
  expect(p.waiting).toEqual([paused]);
});

test("nothing is written of a webhook that is deleted, and its series goes with it", async () => {
  const webhook = await p.webhook();
  await note(webhook, { eventsIn: 1 });
  expect(await redis.exists(p.keys.partition(0).series(webhook))).toBe(1);
  expect(await redis.pttl(p.keys.partition(0).series(webhook))).toBeGreaterThan(24 * 60 * MINUTE);
  await p.batches.forget(webhook, 0);
  await note(webhook, { eventsIn: 1 });
  expect(await redis.exists(p.keys.partition(0).series(webhook))).toBe(0);
});

test("sums stay within 32 bits, and a series has the same size however much passes", async () => {
  const webhook = await p.webhook();
  for (let minute = 0; minute < 200; minute++) {
    await note(webhook, { eventsIn: 4_000_000_000, latencySumMs: 4_000_000_000, latencyMaxMs: 9_000_000_000 });
    p.jump(MINUTE);
  }
  await note(webhook, { eventsIn: 4_000_000_000 });
  await note(webhook, { eventsIn: 4_000_000_000 });
  const { steps } = await series.webhook({ partition: 0, webhook }, "1h");
  expect(steps.at(-1)?.eventsIn).toBe(4_294_967_295);
  expect(await redis.strlen(p.keys.partition(0).series(webhook))).toBeLessThanOrEqual(156 * 44);
});

test("everything together has a series of its own, with what the store holds", async () => {
  await noteTotalSeries(redis, p.keys.definitions, { flow: { ...noFlow(), eventsIn: 9 }, storedBytes: 5e12 }, p.now());
  p.jump(MINUTE);
  const { steps } = await series.total("1h", 7);
  expect(steps.slice(-2).map(({ eventsIn, backlogBytes }) => [eventsIn, backlogBytes])).toEqual([
    [9, 5e12],
    [0, 7],
  ]);
});
