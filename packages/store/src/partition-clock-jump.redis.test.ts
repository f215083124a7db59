import { HEALTHY } from "@posthorn/core";
import type { WebhookId } from "@posthorn/core";
import { answered, createPartition, LIMITS, numbered, OK, REFUSED } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { createBatches } from "./batches.ts";
import type { Batches } from "./batches.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

describe("a clock that was set back by an hour", () => {
  /** The clock goes back, nobody does anything, and a worker sees it. */
  async function setBack(p: PartitionHarness, backMs = HOUR): Promise<void> {
    await p.pass(-backMs);
    await p.batches.bringBack(0, backMs);
  }

  test("seals the window that was opened later than now", async () => {
    const p = createPartition(redis);
    const id = await p.webhook();
    await p.send([id], numbered(3));
    await setBack(p);
    expect(await p.tryAll(() => OK)).toHaveLength(1);
    expect(await p.audit()).toEqual([]);
  });

  test("has retries come when they would have come", async () => {
    const p = createPartition(redis, { maxEvents: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(1));
    await p.tryAll(() => answered(400));
    await p.pass(10_000);
    await setBack(p);
    await p.pass(40_000);
    expect(await p.tryAll(() => OK)).toEqual([]);
    // The job that was added waits by another clock; what is due is made up for.
    await p.pass(20_000);
    expect(await p.tryAll(() => OK)).toHaveLength(1);
  });

  test("has a hold end, and a rate limit let go, when they would have", async () => {
    const p = createPartition(redis, { maxEvents: 1 });
    const [held, limited] = [await p.webhook(), await p.webhook({ rateLimit: 6 })];
    await p.send([held, limited], numbered(1));
    await p.tryAll(({ webhook }) => (webhook === held ? answered(429, 30_000) : OK));
    await p.send([held, limited], numbered(1, 1));
    await setBack(p);
    const tried: WebhookId[] = [];
    for (let seconds = 0; seconds < 35; seconds += 5) {
      await p.pass(5_000);
      tried.push(...(await p.tryAll(() => OK)).map(({ webhook }) => webhook));
    }
    expect(tried.filter((id) => id === limited)).toHaveLength(1);
    expect(tried.filter((id) => id === held).length).toBeGreaterThanOrEqual(1);
  });

  test("leaves a lease to its worker, and ends it when the worker is gone", async () => {
    const p = createPartition(redis, { maxEvents: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(1));
    const leased = await p.leaseNext();
    await setBack(p);
    expect(await p.batches.renew(0, leased.batch, leased.attempt)).toBe(true);
    await p.pass(LIMITS.leaseMs + 1);
    expect(p.notes.map(({ kind }) => kind)).toEqual(["lease-lost"]);
    expect(await p.tryAll(() => OK)).toHaveLength(1);
  });

  test("gives a reservation another job: the one that it had may be locked until the time is reached again", async () => {
    const p = createPartition(redis, { maxEvents: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(1));
    const [lost] = p.hints.splice(0);
    await setBack(p);
    expect(p.hints).toEqual([expect.objectContaining({ batch: lost?.batch, attempt: 1, hint: 2 })]);
    expect(
      await p.batches.claim(0, { batch: lost?.batch ?? p.hints[0]!.batch, attempt: 1, hint: 1, worker: "w" }),
    ).toEqual({
      kind: "gone",
    });
    expect(await p.tryAll(() => OK)).toHaveLength(1);
  });

  test("lets a failing webhook be probed as before, no more often and no less", async () => {
    const p = createPartition(redis, { maxEvents: 1, concurrency: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(3));
    await p.tryAll(() => REFUSED);
    await p.pass(30_000);
    await setBack(p);
    let probes = 0;
    for (let seconds = 0; seconds < 120; seconds += 5) {
      await p.pass(5_000);
      probes += (await p.tryAll(() => REFUSED)).length;
    }
    // At most a minute after the one before, and then five.
    expect(probes).toBe(1);
    expect(await p.audit()).toEqual([]);
  });

  test("is brought back once, however many workers see it", async () => {
    const p = createPartition(redis, { maxEvents: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(1));
    // The second delay is five minutes.
    await p.tryAll(() => answered(400));
    await p.pass(MINUTE + 10_000);
    await p.tryAll(() => answered(400));
    await p.pass(-MINUTE);
    for (let workers = 0; workers < 3; workers++) await p.batches.bringBack(0, MINUTE);
    await p.pass(4 * MINUTE);
    expect(await p.tryAll(() => OK)).toEqual([]);
    await p.pass(2 * MINUTE);
    expect(await p.tryAll(() => OK)).toHaveLength(1);
  });

  test("has what was judged by the time before judged again", async () => {
    const p = createPartition(redis, { maxEvents: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(1));
    const { batch, attempt, healthRevision } = await p.leaseNext();
    const judgedAtMs = p.now();
    await p.pass(-HOUR);
    const finish = await p.batches.finish({
      partition: 0,
      batch,
      attempt,
      health: HEALTHY,
      healthRevision,
      judgement: {
        verdict: { kind: "retry", dueMs: judgedAtMs + MINUTE },
        health: HEALTHY,
        drain: false,
        deactivate: null,
      },
      judgedAtMs,
      failed: true,
      stalledUpload: false,
      record: "{}",
    });
    expect(finish).toMatchObject({ kind: "conflict", nowMs: p.now() });
  });
});

describe("what is past its expiry", () => {
  /** A partition of long ago by the clock of Redis, by which all of it has expired, in the eyes of another process. */
  async function longAgo(witnessMs: (() => number) | undefined) {
    const p = createPartition(redis, { maxEvents: 1 });
    const id = await p.webhook({ paused: true });
    await p.send([id], numbered(3));
    await p.configure(id, { active: false, paused: false });
    const batches: Batches = createBatches({
      context: { redis, keys: p.keys, limits: LIMITS, ...(witnessMs === undefined ? {} : { witnessMs }) },
      producer: {
        add: async () => undefined,
        withoutJob: async () => [],
        afterClockJump: async () => undefined,
        close: async () => undefined,
      },
      onNote: (note) => p.notes.push(note),
      onLostHints: () => undefined,
    });
    return { p, id, batches };
  }

  test.each([
    ["nobody vouches for the time of Redis", undefined],
    ["the process' own clock expects another time", () => Date.now() - HOUR],
  ])("is not deleted while %s, and looked at again", async (_, witnessMs) => {
    const { p, id, batches } = await longAgo(witnessMs);
    for (let times = 0; times < 3; times++) {
      expect(await batches.isDue(0)).toBe(true);
      await batches.tick(0);
    }
    expect(await p.sealed(id)).toHaveLength(3);
  });

  test("is deleted when the process' own clock agrees", async () => {
    const { p, id, batches } = await longAgo(Date.now);
    await batches.tick(0);
    expect(await p.sealed(id)).toEqual([]);
  });
});
