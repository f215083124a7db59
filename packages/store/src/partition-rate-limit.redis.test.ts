import type { AttemptOutcome } from "@posthorn/core";
import { answered, createPartition, numbered, OK, REFUSED } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import type { PartitionLimits } from "./limits.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const BROKEN: AttemptOutcome = { kind: "broken", reason: "ours", message: "the store was away", latencyMs: 1 };

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

const partition = (limits: Partial<PartitionLimits> = {}): PartitionHarness =>
  createPartition(redis, { concurrency: 3, ...limits });

/** Lets time pass in steps and makes every attempt that is due; resolves to when they started, from now on. */
async function startsDuring(
  p: PartitionHarness,
  { forMs, stepMs }: { readonly forMs: number; readonly stepMs: number },
  outcome = OK,
): Promise<number[]> {
  const fromMs = p.now();
  const starts: number[] = [];
  for (;;) {
    starts.push(...(await p.tryAll(() => outcome)).map(({ nowMs }) => nowMs - fromMs));
    if (p.now() - fromMs >= forMs) return starts;
    await p.pass(stepMs);
  }
}

test("attempts start evenly spaced, however many batches wait and slots are free", async () => {
  const p = partition();
  const id = await p.webhook({ rateLimit: 2 });
  await p.send([id], numbered(50));
  expect(await startsDuring(p, { forMs: 3 * MINUTE, stepMs: 5 * SECOND })).toEqual(
    [0, 30, 60, 90, 120].map((s) => s * SECOND),
  );
  expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
});

test("an attempt starts in its time while others are still under way", async () => {
  const p = partition();
  const id = await p.webhook({ rateLimit: 600 });
  await p.send([id], numbered(50));
  const first = await p.leaseNext();
  expect(p.hints.map(({ delayMs }) => delayMs - p.now())).toEqual([100]);
  await p.pass(100);
  await p.leaseNext();
  await p.pass(100);
  await p.leaseNext();
  await p.pass(100);
  expect(p.hints).toHaveLength(0);
  await p.finish(first, OK);
  expect((await p.leaseNext()).nowMs).toBe(first.nowMs + 300);
});

test("nobody looks again until a second before another attempt may start; its job is due to the millisecond", async () => {
  const p = partition();
  const id = await p.webhook({ rateLimit: 1 });
  await p.send([id], numbered(20));
  const first = await p.leaseNext();
  await p.finish(first, OK);
  await p.pass(MINUTE - SECOND - 1);
  expect(await p.batches.isDue(0)).toBe(false);
  expect(p.hints).toEqual([]);
  await p.pass(1);
  expect(p.hints).toEqual([expect.objectContaining({ delayMs: first.nowMs + MINUTE })]);
  await p.pass(SECOND);
  await p.leaseNext();
});

test("a job that comes early, by a worker's fast clock, starts nothing and is made up for", async () => {
  const p = partition();
  const id = await p.webhook({ rateLimit: 120 });
  await p.send([id], numbered(30));
  await p.leaseNext();
  const [early] = p.hints.splice(0);
  expect((await p.batches.claim(0, { ...early!, worker: "fast clock" })).kind).toBe("no-slot");
  expect(p.hints).toEqual([]);
  await p.pass(500);
  expect(await p.leaseNext()).toMatchObject({ batch: early!.batch, attempt: 1 });
});

test("what was handed out before there was a limit obeys it", async () => {
  const p = partition();
  const id = await p.webhook();
  await p.send([id], numbered(30));
  expect(p.hints).toHaveLength(3);
  await p.configure(id, { rateLimit: 60 });
  expect(await startsDuring(p, { forMs: 3 * SECOND, stepMs: 100 })).toEqual([0, SECOND, 2 * SECOND]);
});

test("a new limit counts from the last start at once, and without one everything goes", async () => {
  const p = partition({ concurrency: 9 });
  const id = await p.webhook({ rateLimit: 1 });
  await p.send([id], numbered(80));
  await p.tryAll(() => OK);
  await p.pass(10 * SECOND);
  await p.configure(id, { rateLimit: 6 });
  expect(await p.tryAll(() => OK)).toHaveLength(1);
  await p.configure(id, { rateLimit: null });
  expect(await p.tryAll(() => OK)).toHaveLength(6);
});

test("a lost job is made up for, also that of a start which was still to come", async () => {
  const p = partition();
  const id = await p.webhook({ rateLimit: 60 });
  await p.send([id], numbered(30));
  await p.leaseNext();
  expect(p.hints.splice(0)).toHaveLength(1);
  await p.pass(5 * SECOND);
  expect(p.hints).toHaveLength(0);
  await p.pass(SECOND);
  expect(await p.leaseNext()).toMatchObject({ attempt: 1 });
});

test("retries, due at the same time, take their turns with the others, oldest first", async () => {
  const p = partition();
  const id = await p.webhook({ rateLimit: 6, concurrency: 1 });
  await p.send([id], numbered(20));
  const [first] = await p.tryAll(() => answered(500));
  await p.pass(10 * SECOND);
  const [second] = await p.tryAll(() => answered(500));
  await p.send([id], numbered(20, 20));
  const tried: string[] = [];
  for (let i = 0; i < 12; i++) {
    await p.pass(10 * SECOND);
    tried.push(...(await p.tryAll(() => OK)).map(({ batch }) => batch));
  }
  expect(tried).toHaveLength(4);
  expect(tried.slice(2)).toEqual([first!.batch, second!.batch]);
});

test("a retry that becomes due does not take the start that another batch has been given", async () => {
  const p = partition();
  const id = await p.webhook({ rateLimit: 1 });
  await p.send([id], numbered(20));
  await p.finish(await p.leaseNext(), answered(500));
  await p.pass(MINUTE - SECOND);
  const [retry, other] = p.hints.splice(0);
  expect(other).toMatchObject({ attempt: 1 });
  await p.pass(SECOND);
  expect((await p.batches.claim(0, { ...retry!, worker: "first" })).kind).toBe("no-slot");
  expect((await p.batches.claim(0, { ...other!, worker: "second" })).kind).toBe("leased");
});

test("probes of a failing webhook obey the limit, and nobody looks in vain", async () => {
  const p = partition();
  const id = await p.webhook({ rateLimit: 1 });
  await p.send([id], numbered(30));
  expect(await startsDuring(p, { forMs: 2 * MINUTE, stepMs: MINUTE }, REFUSED)).toEqual([0, MINUTE, 2 * MINUTE]);
  // Failing now: the probe is due a minute later, is broken by Posthorn itself, and due again after a second.
  await p.pass(MINUTE);
  expect(await p.tryAll(() => BROKEN)).toHaveLength(1);
  // A newly sealed batch would probe at once, too.
  await p.pass(30 * SECOND);
  await p.send([id], numbered(10, 30));
  expect(await p.batches.isDue(0)).toBe(false);
  expect(p.hints.filter(({ delayMs }) => delayMs === 0)).toEqual([]);
  expect(await startsDuring(p, { forMs: MINUTE, stepMs: SECOND }, REFUSED)).toEqual([30 * SECOND]);
});

test("a last try waits for its start like any other", async () => {
  const p = partition({ expiryMs: 30 * MINUTE });
  const id = await p.webhook({ rateLimit: 1 });
  await p.send([id], numbered(20));
  const starts = await startsDuring(p, { forMs: 40 * MINUTE, stepMs: SECOND }, answered(429, HOUR));
  // Each is tried once, and once more at its expiry, which comes a minute apart as the first tries did.
  expect(starts).toEqual([0, HOUR / 2, HOUR / 2 + MINUTE]);
  expect(p.notes.map(({ kind }) => kind)).toEqual(["expired", "expired"]);
});

test("a paused webhook stays paused, and starts when its time has come afterwards", async () => {
  const p = partition();
  const id = await p.webhook({ rateLimit: 60 });
  await p.send([id], numbered(20));
  await p.tryAll(() => OK);
  await p.configure(id, { paused: true });
  await p.pass(10 * SECOND);
  expect(await p.tryAll(() => OK)).toEqual([]);
  expect(await p.batches.isDue(0)).toBe(false);
  await p.configure(id, { paused: false });
  expect(await p.tryAll(() => OK)).toHaveLength(1);
});

test("the limit holds over an outage of days", async () => {
  const p = partition();
  const id = await p.webhook({ rateLimit: 60 });
  await p.send([id], numbered(30));
  await p.leaseNext();
  await p.pass(48 * HOUR);
  expect(await startsDuring(p, { forMs: 5 * SECOND, stepMs: 100 })).toEqual([0, SECOND, 2 * SECOND]);
});
