import { randomUUID } from "node:crypto";
import type { BatchId, RequestId, WebhookId } from "@posthorn/core";
import { answered, chunkOf, createPartition, LIMITS, numbered, OK, REFUSED } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import type { AppendRequest } from "./append-request.ts";
import { createBatchListing } from "./batch-listing.ts";
import { createBatches } from "./batches.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import type { PartitionLimits } from "./limits.ts";
import { createReadStats } from "./webhook-stats.ts";

const HOUR = 3_600_000;

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

/** Every event is a batch of about 1,000 bytes, 1,500 with what Redis needs beside them. */
const partition = (limits: Partial<PartitionLimits> = {}): PartitionHarness =>
  createPartition(redis, { maxEvents: 1, concurrency: 1, ...limits });
const thousandBytes = (count: number): string[] =>
  numbered(count).map((text) => text.replace("}", `,"x":"${"x".repeat(980)}"}`));

async function used(p: PartitionHarness): Promise<number> {
  const counted = await redis.hmget(p.keys.partition(0).usage, "b", "r");
  return Number(counted[0]) + Number(counted[1]);
}
const overflowed = (p: PartitionHarness): { webhook: WebhookId; batch: BatchId }[] =>
  p.notes.filter(({ kind }) => kind === "overflowed").map(({ webhook, batch }) => ({ webhook, batch }));
const readyOf = (p: PartitionHarness, id: WebhookId): Promise<string[]> =>
  redis.zrange(p.keys.partition(0).ready(id), "0", "-1");

describe("a full store", () => {
  test("refuses appends, stores nothing of them, and takes them when there is room again", async () => {
    const p = partition({ backlogMaxBytes: 20_000 });
    const id = await p.webhook();
    while ((await p.send([id], thousandBytes(1))) === "stored");
    expect(await used(p)).toBeGreaterThanOrEqual(20_000);
    const before = await used(p);
    const request = randomUUID();
    expect(await p.send([id], thousandBytes(1), request)).toBe("full");
    expect(await used(p)).toBe(before);
    await p.tryAll(() => OK);
    expect(await p.send([id], thousandBytes(1), request)).toBe("stored");
    expect(await p.tryAll(() => OK)).toHaveLength(1);
    expect(await p.audit()).toEqual([]);
  });

  test("still answers a repetition of what it has stored", async () => {
    const p = partition({ backlogMaxBytes: 10 });
    const id = await p.webhook();
    const request = randomUUID();
    expect(await p.send([id], thousandBytes(1), request)).toBe("stored");
    expect(await p.send([id], thousandBytes(1), request)).toBe("stored");
    expect(await p.send([id], thousandBytes(1))).toBe("full");
    expect(await p.sealed(id)).toHaveLength(1);
  });
});

describe("a store that is too full", () => {
  const SICK: [string, (p: PartitionHarness) => Promise<WebhookId>][] = [
    ["paused", (p) => p.webhook({ paused: true })],
    [
      "failing",
      async (p) => {
        const id = await p.webhook();
        await p.send([id], thousandBytes(3));
        await p.tryAll(() => REFUSED);
        return id;
      },
    ],
    [
      "unreadable",
      async (p) => {
        const id = await p.webhook();
        await p.send([id], thousandBytes(1));
        await p.tryAll(() => ({ kind: "broken", reason: "unreadable", message: "", latencyMs: 1 }));
        return id;
      },
    ],
  ];
  test.each(SICK)("lets the back-log of a %s webhook overflow, oldest first, and no other", async (_, makeSick) => {
    const p = partition({ backlogMaxBytes: 100_000, backlogHighBytes: 75_000 });
    const sick = await makeSick(p);
    const healthy = await p.webhook();
    await p.send([healthy], thousandBytes(35));
    await p.send([sick], thousandBytes(20));
    await p.pass(0);
    const before = await readyOf(p, sick);
    expect(overflowed(p).length).toBeGreaterThan(0);
    await p.send([healthy], thousandBytes(3));
    const seen = overflowed(p).length;
    await p.pass(0);
    const fresh = overflowed(p).slice(seen);
    expect(fresh.map(({ batch }) => batch)).toEqual(before.slice(0, fresh.length));
    expect(new Set(overflowed(p).map(({ webhook }) => webhook))).toEqual(new Set([sick]));
    expect(await used(p)).toBeLessThanOrEqual(75_000);
    expect(await p.sealed(healthy)).toHaveLength(38);
    expect(await p.audit()).toEqual([]);
  });

  test("lets the back-log of an inactive webhook overflow", async () => {
    const p = partition({ backlogMaxBytes: 100_000, backlogHighBytes: 75_000 });
    const [sick, healthy] = [await p.webhook({ paused: true }), await p.webhook()];
    await p.send([sick], thousandBytes(30));
    await p.configure(sick, { active: false, paused: false });
    await p.send([healthy], thousandBytes(30));
    await p.pass(0);
    expect(overflowed(p).length).toBeGreaterThan(0);
    expect(new Set(overflowed(p).map(({ webhook }) => webhook))).toEqual(new Set([sick]));
  });

  test("takes from the largest of them", async () => {
    const p = partition({ backlogMaxBytes: 100_000, backlogHighBytes: 75_000 });
    const [small, large] = [await p.webhook({ paused: true }), await p.webhook({ paused: true })];
    await p.send([small], thousandBytes(10));
    await p.send([large], thousandBytes(40));
    await p.pass(0);
    expect(new Set(overflowed(p).map(({ webhook }) => webhook))).toEqual(new Set([large]));
  });

  test("is told by a look, and is left alone when nobody is to blame", async () => {
    const p = partition({ backlogMaxBytes: 50_000, backlogHighBytes: 37_500 });
    const id = await p.webhook();
    await p.send([id], thousandBytes(25));
    expect(await p.batches.isDue(0)).toBe(true);
    expect(await p.batches.tick(0)).toBe(false);
    expect(await p.sealed(id)).toHaveLength(25);
    await p.tryAll(() => OK);
    expect(await p.batches.isDue(0)).toBe(false);
  });

  test("is not looked into again for two seconds where nothing makes room, however many look", async () => {
    const p = partition({ backlogMaxBytes: 50_000, backlogHighBytes: 37_500 });
    const id = await p.webhook();
    await p.send([id], thousandBytes(30));
    expect(await p.batches.isDue(0)).toBe(true);
    await p.batches.tick(0);
    expect(await p.batches.isDue(0)).toBe(false);
    await p.configure(id, { paused: true });
    p.jump(1_999);
    expect(await p.batches.isDue(0)).toBe(false);
    p.jump(1);
    expect(await p.batches.isDue(0)).toBe(true);
    await p.pass(0);
    expect(overflowed(p).length).toBeGreaterThan(0);
    expect(await used(p)).toBeLessThanOrEqual(37_500);
  });

  test("and may take nothing in, since others fill it, makes room all the same, and is done then", async () => {
    const p = partition({ backlogMaxBytes: 0, backlogHighBytes: 40_000 });
    const id = await p.webhook({ paused: true });
    await otherProcess(p, {}).append(
      requestOf(
        [id],
        thousandBytes(30).map((text) => [text]),
      ),
    );
    let ticks = 1;
    while (ticks < 50 && (await p.batches.tick(0))) ticks += 1;
    expect(ticks).toBeLessThan(50);
    expect(await used(p)).toBeLessThanOrEqual(40_000);
    expect((await p.sealed(id)).length).toBeGreaterThan(5);
  });

  test("counts on what is still to go of a batch of many chunks before it deletes the next one", async () => {
    const events = numbered(1_500).map((text) => [text]);
    const p = partition({ maxEvents: events.length, backlogMaxBytes: 4_000_000, backlogHighBytes: 1_600_000 });
    const id = await p.webhook({ paused: true });
    for (let batches = 0; batches < 3; batches++) await p.batches.append(requestOf([id], events));
    expect(await used(p)).toBeGreaterThan(2_000_000);
    expect(await used(p)).toBeLessThan(2_500_000);
    await p.pass(0);
    expect(overflowed(p)).toHaveLength(1);
    expect(await p.audit()).toEqual([]);
  });

  test("drops records before batches, the oldest first, but not the last few", async () => {
    const p = partition({ backlogMaxBytes: 200_000, backlogHighBytes: 150_000 });
    const [discarding, paused] = [await p.webhook({ paused: true }), await p.webhook({ paused: true })];
    await p.send([discarding], numbered(110));
    await p.batches.discardWaiting({ partition: 0, webhook: discarding });
    const history = p.keys.partition(0).untried(discarding);
    expect(await redis.zcard(history)).toBe(110);
    await p.send([paused], thousandBytes(25));
    await p.pass(0);
    expect(await redis.zcard(history)).toBe(110);
    await p.send([paused], thousandBytes(10));
    await p.send([paused], thousandBytes(20));
    await p.pass(0);
    expect(await redis.zcard(history)).toBeLessThan(10);
    expect(overflowed(p)).toEqual([]);
    expect(await p.audit()).toEqual([]);
  });

  test("keeps what overflowed in mind, as long as that is little", async () => {
    const p = partition({ backlogMaxBytes: 100_000, backlogHighBytes: 75_000 });
    const id = await p.webhook({ paused: true });
    for (let round = 0; round < 33; round++) {
      await p.send([id], thousandBytes(1));
      await p.pass(0);
    }
    const [first] = overflowed(p);
    expect(overflowed(p).length).toBeLessThan(4);
    const place = { partition: 0, webhook: id };
    const listing = createBatchListing({ redis, keys: p.keys, nowMs: p.now });
    const { rows } = await listing.list({ ...place, states: ["overflowed"], limit: 100 });
    expect(rows).toHaveLength(overflowed(p).length);
    expect(rows.map(({ id: batch }) => batch)).toContain(first?.batch);
    const [stats] = await createReadStats({ redis, keys: p.keys, nowMs: p.now })([{ id, partition: 0 }]);
    expect(stats?.overflowedBatches).toBe(rows.length);
  });
});

describe("the limit of one webhook", () => {
  test("lets its oldest waiting batches overflow, however healthy it is, and no other's", async () => {
    const p = partition({ webhookBacklogMaxBytes: 10_000 });
    const [slow, other] = [await p.webhook(), await p.webhook()];
    await p.send([slow, other], thousandBytes(5));
    const [inFlight, oldest] = [await p.leaseNext(), (await readyOf(p, slow))[0]];
    await p.send([slow], thousandBytes(6));
    expect(overflowed(p)).toEqual([{ webhook: slow, batch: oldest }]);
    expect(await p.sealed(slow)).toHaveLength(10);
    expect(await p.sealed(other)).toHaveLength(5);
    expect(await p.finish(inFlight, OK)).toBe("applied");
    expect(await p.audit()).toEqual([]);
  });

  test("counts the open batch", async () => {
    const p = partition({ webhookBacklogMaxBytes: 10_000, maxEvents: 5 });
    const id = await p.webhook({ paused: true });
    await p.send([id], thousandBytes(5));
    await p.send([id], thousandBytes(4));
    expect(overflowed(p)).toEqual([]);
    const [oldest] = await p.sealed(id);
    await p.send([id], [...thousandBytes(1), ...thousandBytes(2)]);
    expect(overflowed(p)).toEqual([{ webhook: id, batch: oldest }]);
    expect(await p.sealed(id)).toEqual([expect.not.stringContaining(oldest ?? "")]);
  });

  test("touches neither what is in flight nor what is reserved, and scheduled and paused batches last", async () => {
    const p = partition({ concurrency: 2 });
    const id = await p.webhook();
    await p.send([id], thousandBytes(6));
    const [scheduled, inFlight] = [await p.leaseNext(), await p.leaseNext()];
    await p.finish(scheduled, answered(400));
    const reserved = p.hints.find((hint) => hint.delayMs === 0);
    const [parked, ...waiting] = (await readyOf(p, id)) as [BatchId, ...BatchId[]];
    await p.batches.pauseBatch({ partition: 0, webhook: id, batch: parked });
    const strict = otherProcess(p, { webhookBacklogMaxBytes: 1 });
    await strict.pauseBatch({ partition: 0, webhook: id, batch: parked });
    expect(overflowed(p).map(({ batch }) => batch)).toEqual([...waiting, scheduled.batch, parked]);
    expect(new Set(await p.sealed(id))).toEqual(new Set([inFlight.batch, reserved?.batch]));
    expect(await p.audit()).toEqual([]);
  });

  test("lets a batch go out that is larger than it, when there is a slot", async () => {
    const p = partition({ webhookBacklogMaxBytes: 500 });
    const id = await p.webhook();
    await p.send([id], thousandBytes(1));
    expect(await p.tryAll(() => OK)).toHaveLength(1);
    expect(overflowed(p)).toEqual([]);
  });

  test("that is much exceeded at once is met in slices", async () => {
    const p = partition();
    const id = await p.webhook({ paused: true });
    await p.send([id], thousandBytes(350));
    const strict = otherProcess(p, { webhookBacklogMaxBytes: 10_000 });
    await strict.resumeBatch({ partition: 0, webhook: id, batch: (await p.sealed(id))[0] as BatchId });
    expect(await p.sealed(id)).toHaveLength(250);
    expect(await strict.isDue(0)).toBe(true);
    while (await strict.isDue(0)) await strict.tick(0);
    expect((await p.sealed(id)).length).toBeLessThanOrEqual(10);
    expect(await p.audit()).toEqual([]);
  });

  test("that several webhooks exceed at once keeps Redis no longer busy than that of one", async () => {
    const p = partition();
    const ids = await Promise.all(Array.from({ length: 4 }, () => p.webhook({ paused: true })));
    await p.send(ids, thousandBytes(60));
    for (const id of ids) await redis.zadd(p.keys.partition(0).wake, p.now(), id);
    const strict = otherProcess(p, { webhookBacklogMaxBytes: 10_000 });
    await strict.tick(0);
    expect(overflowed(p)).toHaveLength(100);
    while (await strict.isDue(0)) await strict.tick(0);
    for (const id of ids) expect((await p.sealed(id)).length).toBeLessThanOrEqual(10);
    expect(await p.audit()).toEqual([]);
  });
});

/** Each group of texts is a chunk of its own. */
function requestOf(webhooks: readonly WebhookId[], chunks: readonly (readonly string[])[]): AppendRequest {
  const groups = [{ webhooks, chunks: chunks.map(chunkOf) }];
  return { partition: 0, requestId: randomUUID() as RequestId, doneTtlMs: 60_000, groups };
}

/** Another process on the same partition, which goes by other limits. */
function otherProcess(p: PartitionHarness, limits: Partial<PartitionLimits>): ReturnType<typeof createBatches> {
  return createBatches({
    context: { redis, keys: p.keys, limits: { ...LIMITS, maxEvents: 1, concurrency: 2, ...limits }, nowMs: p.now },
    producer: {
      add: async () => undefined,
      withoutJob: async () => [],
      afterClockJump: async () => undefined,
      close: async () => undefined,
    },
    onNote: (note) => p.notes.push(note),
    onLostHints: () => undefined,
  });
}

describe("the account of what is stored", () => {
  test("is empty when nothing is stored", async () => {
    const p = partition({ maxEvents: 3 });
    const ids = [await p.webhook(), await p.webhook()];
    await p.send(ids, thousandBytes(10));
    await p.tryAll((leased) => (leased.attempt === 1 ? answered(500) : OK));
    await p.pass(HOUR);
    await p.tryAll(() => OK);
    expect(await p.audit()).toEqual([]);
    for (const id of ids) await p.batches.forget(id, 0);
    await p.pass(0);
    expect(await redis.hgetall(p.keys.partition(0).usage)).toEqual({ b: "0", r: "0" });
    expect(await p.remains()).toEqual([]);
  });

  test("loses records after a day, whether or not anything else happens", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], thousandBytes(1));
    await p.tryAll(() => answered(500));
    await p.pass(2 * 60_000);
    await p.tryAll(() => OK);
    const { history, usage } = p.keys.partition(0);
    await p.pass(24 * HOUR - 1);
    expect(await redis.zcard(history(id))).toBe(1);
    await p.pass(1);
    expect(await redis.exists(history(id))).toBe(0);
    expect(await redis.hget(usage, "r")).toBe("0");
    expect(await p.batches.isDue(0)).toBe(false);
  });

  test("takes nothing off for what an earlier version stored without counting it", async () => {
    const p = partition({ maxEvents: 2 });
    const [id, paused] = [await p.webhook(), await p.webhook({ paused: true })];
    await p.send([id, paused], thousandBytes(3));
    await p.tryAll((leased) => (leased.attempt === 1 ? answered(400) : OK));
    const gone = await p.webhook();
    await p.send([gone], thousandBytes(2));
    await p.tryAll(() => answered(400));
    await p.batches.retryWebhook({ partition: 0, webhook: gone });
    await p.batches.discardWaiting({ partition: 0, webhook: gone });
    await forgetCounting(p);
    await p.send([id, paused], thousandBytes(3));
    await p.pass(2 * HOUR);
    await p.tryAll(() => OK);
    await p.send([paused], thousandBytes(1));
    const counted = await used(p);
    expect(counted).toBeGreaterThan(3_000);
    for (const batch of await p.sealed(paused)) {
      await p.batches.discardBatch({ partition: 0, webhook: paused, batch });
      expect(Math.min(...(await redis.hvals(p.keys.partition(0).usage)).map(Number))).toBeGreaterThanOrEqual(0);
    }
    await p.configure(paused, { paused: false });
    await p.pass(HOUR);
    await p.tryAll(() => OK);
    expect(await redis.hget(p.keys.partition(0).usage, "b")).toBe("0");
    expect(await redis.zcard(p.keys.partition(0).history(gone))).toBe(1);
    await p.send([id], thousandBytes(1));
    await p.pass(23 * HOUR);
    expect(await redis.exists(p.keys.partition(0).history(gone))).toBe(0);
    expect(await p.audit()).toEqual([]);
  });

  test("stays right when processes go by different limits", async () => {
    const p = partition({ backlogMaxBytes: 60_000, backlogHighBytes: 30_000 });
    const [paused, healthy] = [await p.webhook({ paused: true }), await p.webhook()];
    const others = [
      otherProcess(p, { backlogMaxBytes: 30_000, backlogHighBytes: 10_000 }),
      otherProcess(p, { webhookBacklogMaxBytes: 8_000 }),
      otherProcess(p, {}),
    ];
    for (let round = 0; round < 15; round++) {
      await Promise.all([
        p.send([paused, healthy], thousandBytes(3)),
        ...others.map((batches) => batches.tick(0)),
        p.pass(1_000),
      ]);
      expect(await p.audit()).toEqual([]);
    }
    expect(overflowed(p).length).toBeGreaterThan(0);
  });
});

/** Makes the partition look as one that an earlier version filled. */
async function forgetCounting(p: PartitionHarness): Promise<void> {
  const names = p.keys.partition(0);
  for (const key of await redis.keys(names.chunk("*"))) await redis.hdel(key, "s");
  for (const key of await redis.keys(names.batch("*"))) await redis.hdel(key, "z");
  for (const key of await redis.keys(names.webhook("*"))) await redis.hdel(key, "oz", "sc");
  for (const key of [...(await redis.keys(names.record("*"))), ...(await redis.keys(names.history("*")))]) {
    await redis.pexpire(key, 24 * HOUR);
  }
  await redis.del(names.usage, `${names.base}:records`, `${names.base}:backlogs`);
}
