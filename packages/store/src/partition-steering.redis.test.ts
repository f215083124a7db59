import type { AttemptOutcome, BatchId, WebhookId } from "@posthorn/core";
import { answered, createPartition, LIMITS, numbered, OK, REFUSED } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import type { BatchPlace } from "./batch-actions.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import type { PartitionLimits } from "./limits.ts";
import { discardWaiting } from "./scripts/discard-waiting.ts";

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
const at = (webhook: WebhookId, batch: BatchId): BatchPlace => ({ partition: 0, webhook, batch });
const whole = (webhook: WebhookId) => ({ partition: 0, webhook });
const field = (p: PartitionHarness, webhook: WebhookId, name: string): Promise<string | null> =>
  redis.hget(p.keys.partition(0).webhook(webhook), name);
const waiting = (p: PartitionHarness, webhook: WebhookId): Promise<BatchId[]> =>
  redis.zrange(p.keys.partition(0).ready(webhook), "0", "-1") as Promise<BatchId[]>;
const outcomes = async (p: PartitionHarness, batch: BatchId): Promise<unknown[]> =>
  (await redis.lrange(p.keys.partition(0).record(batch), 0, -1)).map(
    (text) => (JSON.parse(text) as { outcome: string }).outcome,
  );

/** A webhook that refuses everything, with batches of ten events that wait. */
async function failing(batches = 5): Promise<{ p: PartitionHarness; id: WebhookId }> {
  const p = partition({ concurrency: 3 });
  const id = await p.webhook();
  await p.send([id], numbered(batches * 10));
  await p.tryAll(() => REFUSED);
  expect(await field(p, id, "fs")).not.toBe("0");
  return { p, id };
}

/** The first event's number of every batch that is tried, in order. */
async function tryOut(p: PartitionHarness, answer = OK): Promise<number[]> {
  const order: number[] = [];
  while (p.hints.some(({ delayMs }) => delayMs <= p.now())) {
    const claim = await p.claimNext();
    if (claim.kind !== "leased") continue;
    order.push((JSON.parse(await p.body(claim.batch)) as [{ n: number }])[0].n);
    await p.finish(claim, answer);
  }
  return order;
}

describe("retry of a webhook", () => {
  test("everything that waits or is scheduled is due at once, oldest first, in the retry lane", async () => {
    const p = partition({ concurrency: 2 });
    const id = await p.webhook();
    // Two poison batches on their own schedules, a success after them, and three more, two of which have a slot.
    await p.send([id], numbered(20));
    await p.tryAll(() => answered(500));
    await p.send([id], numbered(10, 20));
    await p.tryAll(() => OK);
    await p.send([id], numbered(30, 30));
    await p.pass(5 * SECOND);
    expect(await p.batches.retryWebhook(whole(id))).toEqual({ kind: "applied", batches: 3 });
    expect(await tryOut(p)).toEqual([30, 40, 0, 10, 50]);
    expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
  });

  test("failing and a hold end", async () => {
    const { p, id } = await failing();
    expect(await p.batches.retryWebhook(whole(id))).toEqual({ kind: "applied", batches: 5 });
    expect(await field(p, id, "fs")).toBe("0");
    expect(p.hints.filter(({ delayMs }) => delayMs === 0).map(({ lane }) => lane)).toEqual(["retry", "retry", "retry"]);
    await p.finish(await p.leaseNext(), answered(503, HOUR));
    expect(await p.tryAll(() => OK)).toEqual([]);
    await p.batches.retryWebhook(whole(id));
    expect(await p.tryAll(() => OK)).toHaveLength(5);
  });

  test("more than a slice of scheduled batches become due, and later failures follow their schedule again", async () => {
    const p = partition({ concurrency: 999, maxEvents: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(500));
    let n = 0;
    // A success between any two failures: the webhook does not count as failing.
    await p.tryAll(() => (n++ % 2 === 0 ? answered(500) : OK));
    expect(await p.batches.retryWebhook(whole(id))).toEqual({ kind: "applied", batches: 250 });
    await p.pass(0);
    n = 0;
    expect(await p.tryAll(() => (n++ === 100 ? answered(500) : OK))).toHaveLength(250);
    await p.pass(MINUTE - 1);
    expect(await p.tryAll(() => OK)).toEqual([]);
    await p.pass(5 * MINUTE);
    expect(await p.tryAll(() => OK)).toHaveLength(1);
  });

  test.each([
    ["paused", { paused: true }],
    ["inactive", { active: false }],
    ["inactive", { active: false, paused: true }],
  ] as const)("it is refused while the webhook is %s (%j), and nothing changes", async (kind, state) => {
    const { p, id } = await failing();
    await p.configure(id, state);
    const since = await field(p, id, "fs");
    expect(await p.batches.retryWebhook(whole(id))).toEqual({ kind });
    expect(await field(p, id, "fs")).toBe(since);
    expect(await p.tryAll(() => OK)).toEqual([]);
  });

  test("a deleted webhook has nothing to retry", async () => {
    const { p, id } = await failing();
    await p.batches.forget(id, 0);
    expect(await p.batches.retryWebhook(whole(id))).toEqual({ kind: "gone" });
  });
});

describe("retry of one batch", () => {
  test("a waiting batch takes the next slot, before older ones, in the retry lane", async () => {
    const p = partition({ concurrency: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(40));
    const running = await p.leaseNext();
    const [, , last] = await waiting(p, id);
    expect(await p.batches.retryBatch(at(id, last!))).toEqual({ kind: "applied" });
    expect(p.hints).toEqual([]);
    await p.finish(running, OK);
    expect(p.hints).toEqual([expect.objectContaining({ batch: last, lane: "retry", attempt: 1 })]);
    expect(await tryOut(p)).toEqual([30, 10, 20]);
  });

  test("a scheduled batch is due at once, and its delayed job does nothing any more", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(10));
    const refused = await p.leaseNext();
    await p.finish(refused, answered(500));
    const { batch } = refused;
    const [delayed] = p.hints.splice(0);
    expect(await p.batches.retryBatch(at(id, batch))).toEqual({ kind: "applied" });
    expect((await p.batches.claim(0, { ...delayed!, worker: "late" })).kind).toBe("gone");
    expect(await p.leaseNext()).toMatchObject({ batch, attempt: 2 });
  });

  test("while the webhook is failing the batch is the next probe, whenever the next one was due", async () => {
    const { p, id } = await failing();
    const [, , , fourth, fifth] = await waiting(p, id);
    expect(await p.batches.retryBatch(at(id, fifth!))).toEqual({ kind: "applied" });
    expect(await p.batches.retryBatch(at(id, fourth!))).toEqual({ kind: "applied" });
    // One probe at a time.
    expect(p.hints.filter(({ delayMs }) => delayMs === 0)).toEqual([expect.objectContaining({ batch: fifth })]);
    expect((await p.tryAll(() => REFUSED)).map(({ batch }) => batch)).toEqual([fifth, fourth]);
    expect(p.hints.filter(({ delayMs }) => delayMs === 0)).toEqual([]);
    // The others keep their turns: the first one to probe is the oldest.
    await p.pass(5 * MINUTE);
    expect(await tryOut(p)).toEqual([0, 10, 20, 30, 40]);
  });

  test("a batch that has a slot when the webhook begins to fail is tried in spite of that when somebody asks", async () => {
    const p = partition({ concurrency: 4 });
    const id = await p.webhook();
    await p.send([id], numbered(40));
    const reserved = p.hints.at(-1)!;
    for (let i = 0; i < 3; i++) await p.finish(await p.leaseNext(), REFUSED);
    expect(await p.batches.retryBatch(at(id, reserved.batch))).toEqual({ kind: "applied" });
    const tried = await p.tryAll(() => REFUSED);
    expect(tried.map(({ batch }) => batch)).toEqual([reserved.batch]);
  });

  test("a batch is tried in spite of a hold, and the others go on waiting", async () => {
    const p = partition({ concurrency: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(30));
    await p.finish(await p.leaseNext(), answered(429, HOUR));
    const [, last] = await waiting(p, id);
    expect(await p.batches.retryBatch(at(id, last!))).toEqual({ kind: "applied" });
    expect((await p.tryAll(() => answered(500))).map(({ batch }) => batch)).toEqual([last]);
    expect(await p.tryAll(() => OK)).toEqual([]);
  });

  test("somebody's wish outlives what refuses the attempt for now", async () => {
    const p = partition({ concurrency: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(30));
    const [, last] = await waiting(p, id);
    const running = await p.leaseNext();
    await p.batches.retryBatch(at(id, last!));
    await p.finish(running, OK);
    await p.configure(id, { paused: true });
    expect((await p.claimNext()).kind).toBe("held");
    await p.configure(id, { paused: false });
    expect(p.hints).toEqual([expect.objectContaining({ batch: last })]);
  });

  test("a batch past its expiry gets its try, and expires when that fails", async () => {
    const { p, id } = await failing();
    for (let minute = 0; minute < 238; minute += 1) {
      await p.pass(MINUTE);
      await p.tryAll(() => REFUSED);
    }
    const [oldest] = await waiting(p, id);
    await p.send([id], numbered(10, 50));
    const probe = p.hints.find(({ delayMs }) => delayMs === 0);
    expect(probe).toBeDefined();
    const running = await p.leaseNext();
    await p.batches.retryBatch(at(id, oldest!));
    // The probe in flight ends after everybody else's expiry.
    await p.pass(5 * SECOND);
    for (let i = 0; i < 60; i++) {
      await p.batches.renew(0, running.batch, running.attempt);
      await p.pass(5 * SECOND);
    }
    await p.finish(running, REFUSED);
    expect((await p.tryAll(() => REFUSED)).map(({ batch }) => batch)).toEqual([oldest]);
    expect(await outcomes(p, oldest!)).toContain("expired");
  });

  test("a batch above the seal size is split, and both halves go before the others", async () => {
    const p = partition({ concurrency: 1, maxEvents: 1_000 });
    const id = await p.webhook();
    const long = (from: number): string[] =>
      Array.from({ length: 1_000 }, (_, n) => JSON.stringify({ n: from + n, text: "x".repeat(60) }));
    for (const from of [0, 1_000, 2_000]) await p.send([id], long(from));
    const running = await p.leaseNext();
    const [, last] = await waiting(p, id);
    await p.batches.retryBatch(at(id, last!));
    await p.finish(running, answered(413));
    expect(await tryOut(p)).toEqual([2_000, 2_500, 0, 500, 1_000, 1_500]);
  });

  test("a paused batch is resumed by it", async () => {
    const p = partition({ concurrency: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(30));
    const [, last] = await waiting(p, id);
    await p.batches.pauseBatch(at(id, last!));
    expect(await p.batches.retryBatch(at(id, last!))).toEqual({ kind: "applied" });
    expect(await tryOut(p)).toEqual([0, 20, 10]);
  });

  test.each([
    ["paused", { paused: true }],
    ["inactive", { active: false }],
  ] as const)("it is refused while the webhook is %s", async (kind, state) => {
    const p = partition({ concurrency: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(20));
    await p.configure(id, state);
    const [last] = await waiting(p, id);
    expect(await p.batches.retryBatch(at(id, last!))).toEqual({ kind });
    await p.batches.pauseBatch(at(id, last!));
    expect(await p.batches.retryBatch(at(id, last!))).toEqual({ kind });
    expect(await redis.hget(p.keys.partition(0).batch(last!), "s")).toBe("p");
  });
});

describe("what cannot be steered", () => {
  test("an open batch says that it is open, one in flight that it is, and others' batches are not found", async () => {
    const p = partition();
    const id = await p.webhook();
    const other = await p.webhook();
    await p.send([id], numbered(15));
    const { batch } = await p.leaseNext();
    const open = (await field(p, id, "ob")) as BatchId;
    for (const action of ["retryBatch", "discardBatch", "pauseBatch", "resumeBatch"] as const) {
      expect(await p.batches[action](at(id, open))).toEqual({ kind: "open" });
      expect(await p.batches[action](at(other, batch))).toEqual({ kind: "gone" });
    }
    for (const action of ["retryBatch", "discardBatch"] as const) {
      expect(await p.batches[action](at(id, batch))).toEqual({ kind: "in-flight" });
    }
    await p.batches.forget(id, 0);
    expect(await p.batches.pauseBatch(at(id, batch))).toEqual({ kind: "gone" });
  });
});

describe("discard", () => {
  test("a waiting, a scheduled, a reserved and a paused batch are deleted, recorded and counted", async () => {
    const p = partition({ concurrency: 2 });
    const id = await p.webhook();
    await p.send([id], numbered(40));
    const scheduled = await p.leaseNext();
    await p.finish(scheduled, answered(500));
    const [reserved] = p.hints.filter(({ delayMs }) => delayMs === 0);
    const [paused] = await waiting(p, id);
    await p.batches.pauseBatch(at(id, paused!));
    await p.send([id], numbered(10, 40));
    const waits = (await waiting(p, id)).at(-1);
    for (const batch of [scheduled.batch, reserved!.batch, paused!, waits!]) {
      expect(await p.batches.discardBatch(at(id, batch))).toEqual({ kind: "applied" });
      expect((await outcomes(p, batch)).at(-1)).toBe("discarded");
      expect(await p.batches.discardBatch(at(id, batch))).toEqual({ kind: "gone" });
    }
    expect((await p.batches.claim(0, { ...reserved!, worker: "late" })).kind).toBe("gone");
    expect(await field(p, id, "dc")).toBe("4");
    expect(await tryOut(p)).toHaveLength(1);
    expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
  });

  test("all that waits goes in slices, what is in flight and what is sealed meanwhile stays", async () => {
    const p = partition({ concurrency: 2, maxEvents: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(300));
    const running = await p.leaseNext();
    for (const batch of (await waiting(p, id)).slice(0, 30)) await p.batches.pauseBatch(at(id, batch));
    // Redis knows the script from now on, so that the calls arrive in this order.
    expect(await p.batches.discardWaiting(whole(await p.webhook()))).toEqual({ kind: "applied", batches: 0 });
    const [, discarded] = await Promise.all([
      p.send([id], numbered(1, 300)),
      p.batches.discardWaiting(whole(id)),
      p.send([id], numbered(3, 301)),
    ]);
    expect(discarded).toEqual({ kind: "applied", batches: 300 });
    expect(await field(p, id, "dc")).toBe("300");
    expect(await field(p, id, "bn")).toBe("4");
    expect(await p.finish(running, OK)).toBe("applied");
    expect(await tryOut(p)).toEqual([301, 302, 303]);
    expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
  });

  test("scheduled batches are discarded with all others, and newer ones passed over, wherever they lie", async () => {
    const p = partition({ concurrency: 999, maxEvents: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(200));
    let n = 0;
    // All due at the same time, they lie in the order of their ids.
    await p.tryAll(() => (n++ % 2 === 1 ? OK : answered(500)));
    const context = { redis, keys: p.keys, limits: { ...LIMITS, maxEvents: 1 }, nowMs: p.now };
    const first = await discardWaiting(context, whole(id), 130);
    expect(first.slice).toMatchObject({ kind: "applied", batches: 50, upto: 130, more: true });
    const second = await discardWaiting(context, whole(id), 130);
    expect(second.slice).toMatchObject({ kind: "applied", batches: 15, upto: 130, more: false });
    expect(await p.batches.discardWaiting(whole(id))).toEqual({ kind: "applied", batches: 35 });
    expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
  });

  test("when nobody comes for the next slice, what is left goes on", async () => {
    const p = partition({ concurrency: 2, maxEvents: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(80));
    const context = { redis, keys: p.keys, limits: { ...LIMITS, maxEvents: 1 }, nowMs: p.now };
    const { slice } = await discardWaiting(context, whole(id), undefined);
    expect(slice).toMatchObject({ kind: "applied", batches: 50, more: true });
    p.hints.splice(0);
    await p.pass(SECOND);
    expect(await tryOut(p)).toHaveLength(30);
  });
});

describe("pause of one batch", () => {
  test("it is not tried, by drains, probes or retries of its webhook, and its clock stands still", async () => {
    const { p, id } = await failing(3);
    const [first] = await waiting(p, id);
    const expiry = await redis.zscore(p.keys.partition(0).expiries(id), first!);
    await p.pass(HOUR);
    expect(await p.batches.pauseBatch(at(id, first!))).toEqual({ kind: "applied" });
    await p.pass(10 * HOUR);
    await p.tryAll(() => REFUSED);
    await p.batches.retryWebhook(whole(id));
    await p.configure(id, { target: "http://127.0.0.1:10" }, true);
    await p.tryAll(() => OK);
    expect(await field(p, id, "bn")).toBe("1");
    expect(p.notes.filter(({ batch }) => batch === first)).toEqual([]);
    expect(await p.batches.resumeBatch(at(id, first!))).toEqual({ kind: "applied" });
    expect(Number(await redis.zscore(p.keys.partition(0).expiries(id), first!))).toBe(Number(expiry) + 10 * HOUR);
    expect(await tryOut(p)).toEqual([0]);
  });

  test("the pauses of its webhook and its own do not count twice", async () => {
    const p = partition({ concurrency: 1 });
    const id = await p.webhook();
    await p.configure(id, { paused: true });
    await p.pass(HOUR);
    await p.configure(id, { paused: false });
    await p.send([id], numbered(10));
    const refused = await p.leaseNext();
    await p.finish(refused, answered(500));
    const { batch, expiresAtMs } = refused;
    await p.batches.pauseBatch(at(id, batch));
    await p.pass(HOUR);
    await p.configure(id, { paused: true });
    await p.pass(HOUR);
    await p.batches.resumeBatch(at(id, batch));
    await p.pass(HOUR);
    await p.configure(id, { paused: false });
    const claim = await p.leaseNext();
    expect(claim).toMatchObject({ batch, attempt: 2, expiresAtMs: expiresAtMs + 3 * HOUR });
  });

  test("a resumed batch is due at once in its old place, in turn with the others", async () => {
    const p = partition({ concurrency: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(40));
    const running = await p.leaseNext();
    const [second] = await waiting(p, id);
    await p.batches.pauseBatch(at(id, second!));
    await p.batches.resumeBatch(at(id, second!));
    await p.finish(running, OK);
    expect(await tryOut(p)).toEqual([10, 20, 30]);
  });

  test("one that has a slot gives it to the next, and its job does nothing", async () => {
    const p = partition({ concurrency: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(20));
    const [job] = p.hints.splice(0);
    await p.batches.pauseBatch(at(id, job!.batch));
    expect(p.hints).toHaveLength(1);
    expect((await p.batches.claim(0, { ...job!, worker: "late" })).kind).toBe("held");
    await p.batches.resumeBatch(at(id, job!.batch));
    expect((await p.batches.claim(0, { ...job!, worker: "later" })).kind).toBe("gone");
    expect(await tryOut(p)).toEqual([10, 0]);
  });

  test("the one that probes can be paused, and another one probes", async () => {
    const { p, id } = await failing();
    await p.pass(5 * MINUTE);
    const [probe] = p.hints.filter(({ delayMs }) => delayMs <= p.now());
    await p.batches.pauseBatch(at(id, probe!.batch));
    const tried = await p.tryAll(() => REFUSED);
    expect(tried).toHaveLength(1);
    expect(tried[0]!.batch).not.toBe(probe!.batch);
  });

  test.each([
    ["fails by itself", () => answered(500), "parked"],
    ["is broken", (): AttemptOutcome => ({ kind: "broken", reason: "ours", message: "", latencyMs: 1 }), "parked"],
    ["succeeds", () => OK, "applied"],
  ])("one in flight is paused when its attempt %s", async (_, outcome, answer) => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(10));
    const running = await p.leaseNext();
    expect(await p.batches.pauseBatch(at(id, running.batch))).toEqual({ kind: "applied" });
    expect(await p.batches.renew(0, running.batch, running.attempt)).toBe(true);
    expect(await p.finish(running, outcome())).toBe(answer);
    await p.pass(10 * HOUR);
    expect(await p.tryAll(() => OK)).toEqual([]);
    await p.batches.resumeBatch(at(id, running.batch));
    expect(await p.tryAll(() => OK)).toHaveLength(answer === "parked" ? 1 : 0);
    expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
  });

  test("one in flight is paused when its worker dies, when its webhook fails, and in spite of its expiry", async () => {
    const p = partition({ concurrency: 3, expiryMs: 10 * MINUTE });
    const id = await p.webhook();
    await p.send([id], numbered(10));
    const lost = await p.leaseNext();
    await p.batches.pauseBatch(at(id, lost.batch));
    await p.pass(9 * SECOND);
    expect(await p.tryAll(() => OK)).toEqual([]);
    expect(await redis.hget(p.keys.partition(0).batch(lost.batch), "s")).toBe("p");

    await p.send([id], numbered(30, 10));
    const claims = [await p.leaseNext(), await p.leaseNext(), await p.leaseNext()];
    for (const { batch } of claims) await p.batches.pauseBatch(at(id, batch));
    for (const claim of claims) expect(await p.finish(claim, REFUSED)).toBe("parked");
    expect(await field(p, id, "fs")).not.toBe("0");

    await p.batches.resumeBatch(at(id, claims[0]!.batch));
    for (let minute = 0; minute < 9; minute++) {
      await p.pass(MINUTE);
      await p.tryAll(() => REFUSED);
    }
    await p.batches.retryBatch(at(id, claims[0]!.batch));
    const probe = await p.leaseNext();
    await p.batches.pauseBatch(at(id, probe.batch));
    await p.pass(7 * SECOND);
    for (let i = 0; i < 12; i++) {
      await p.batches.renew(0, probe.batch, probe.attempt);
      await p.pass(7 * SECOND);
    }
    expect(await p.finish(probe, REFUSED)).toBe("parked");
    expect(p.notes.filter(({ kind }) => kind === "expired")).toEqual([]);
  });

  test("one in flight whose pause was taken back goes on as if nothing had been", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(10));
    const running = await p.leaseNext();
    await p.batches.pauseBatch(at(id, running.batch));
    expect(await p.batches.resumeBatch(at(id, running.batch))).toEqual({ kind: "applied" });
    expect(await p.finish(running, answered(500))).toBe("applied");
    await p.pass(MINUTE);
    expect(await p.tryAll(() => OK)).toHaveLength(1);
  });

  test("one in flight that is too large is split, and both halves are paused", async () => {
    const p = partition({ maxEvents: 1_000 });
    const id = await p.webhook();
    await p.send(
      [id],
      Array.from({ length: 1_000 }, (_, n) => JSON.stringify({ n, text: "x".repeat(60) })),
    );
    const running = await p.leaseNext();
    await p.batches.pauseBatch(at(id, running.batch));
    await p.finish(running, answered(413));
    expect(await p.tryAll(() => OK)).toEqual([]);
    const halves = await p.sealed(id);
    for (const batch of halves) await p.batches.resumeBatch(at(id, batch));
    expect((await tryOut(p)).toSorted((a, b) => a - b)).toEqual([0, 500]);
  });

  test("one that is paused twice is paused once, and one that is not paused can be resumed", async () => {
    const p = partition({ concurrency: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(20));
    const [second] = await waiting(p, id);
    expect(await p.batches.resumeBatch(at(id, second!))).toEqual({ kind: "applied" });
    for (let i = 0; i < 2; i++) expect(await p.batches.pauseBatch(at(id, second!))).toEqual({ kind: "applied" });
    expect(await tryOut(p)).toEqual([0]);
  });

  test("the clock of one that was resumed while nothing held its webhook back runs when something does", async () => {
    const p = partition({ concurrency: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(30));
    const [second, third] = await waiting(p, id);
    await p.batches.pauseBatch(at(id, second!));
    // The clocks of what waits run while the webhook is inactive.
    await p.configure(id, { active: false });
    await p.configure(id, { active: true });
    const running = await p.leaseNext();
    await p.batches.resumeBatch(at(id, second!));
    expect(await redis.zscore(p.keys.partition(0).expiries(id), second!)).toBeNull();
    await p.configure(id, { active: false });
    await p.finish(running, answered(500));
    await p.pass(4 * HOUR);
    expect(new Set(p.notes.map(({ batch }) => batch))).toEqual(new Set([running.batch, second, third]));
  });

  test("a deleted webhook's paused batches are deleted", async () => {
    const p = partition({ concurrency: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(30));
    for (const batch of await waiting(p, id)) await p.batches.pauseBatch(at(id, batch));
    await p.batches.forget(id, 0);
    await p.pass(0);
    expect(await p.remains()).toEqual([]);
  });
});
