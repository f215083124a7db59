import { randomUUID } from "node:crypto";
import type { AttemptOutcome, BatchId } from "@posthorn/core";
import { answered, createPartition, LIMITS, numbered, OK, REFUSED } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { connect } from "./connect.ts";
import type { Leased } from "./leased.ts";
import type { RedisClient } from "./connect.ts";
import type { PartitionLimits } from "./limits.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

const partition = (limits: Partial<PartitionLimits> = {}): PartitionHarness => createPartition(redis, limits);

describe("batching", () => {
  test("a batch is sealed at exactly the limit and the rest stays open until its window ends", async () => {
    const p = partition({ concurrency: 9 });
    const id = await p.webhook();
    await p.send([id], numbered(25));
    expect(p.hints.map((hint) => hint.lane)).toEqual(["fresh", "fresh"]);
    const first = await p.leaseNext();
    const second = await p.leaseNext();
    expect(await p.body(first.batch)).toBe(`[${numbered(10).join(",")}]`);
    expect(await p.body(second.batch)).toBe(`[${numbered(10, 10).join(",")}]`);
    await p.finish(first, OK);
    await p.finish(second, OK);
    await p.pass(29_999);
    expect(p.hints).toHaveLength(0);
    await p.pass(1);
    const third = await p.leaseNext();
    expect(await p.body(third.batch)).toBe(`[${numbered(5, 20).join(",")}]`);
    expect(third.events).toBe(5);
    expect(third.bodyBytes).toBe(Buffer.byteLength(`[${numbered(5, 20).join(",")}]`));
    await p.finish(third, OK);
    await p.pass(0);
    expect(await p.remains()).toEqual([expect.stringMatching(/^w:/)]);
  });

  test("G2 A batch has never more events or bytes than its limits, whoever appends at the same time", async () => {
    const p = partition({ concurrency: 99 });
    const id = await p.webhook();
    await Promise.all(Array.from({ length: 30 }, (_, n) => p.send([id], numbered(7, n * 7))));
    await p.pass(30_000);
    const tried = await p.tryAll(() => OK);
    expect(tried.map((leased) => leased.events)).toEqual(Array(21).fill(10));
  });

  test("a body never exceeds the byte limit, and a larger event is a batch of its own", async () => {
    const p = partition({ maxBytes: 40, concurrency: 99 });
    const id = await p.webhook();
    const texts = [...numbered(7), JSON.stringify({ long: "x".repeat(60) }), ...numbered(3, 7)];
    await p.send([id], texts);
    await p.pass(30_000);
    const seen: unknown[] = [];
    while (p.hints.length > 0) {
      const leased = await p.leaseNext();
      const body = await p.body(leased.batch);
      expect(Buffer.byteLength(body)).toBe(leased.bodyBytes);
      expect(leased.bodyBytes <= 40 || leased.events === 1).toBe(true);
      seen.push(...(JSON.parse(body) as unknown[]));
      await p.finish(leased, OK);
    }
    expect(seen).toEqual(texts.map((text) => JSON.parse(text) as unknown));
  });

  test("ten webhooks that want the same events cost one copy of their text", async () => {
    const p = partition();
    const ids = await Promise.all(Array.from({ length: 10 }, () => p.webhook()));
    await p.send(ids, numbered(8));
    const chunks = (await p.remains()).filter((key) => key.startsWith("c:"));
    expect(chunks).toHaveLength(1);
    await p.pass(30_000);
    expect(await p.tryAll(() => OK)).toHaveLength(10);
    expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
  });

  test("a request that is repeated under its id is stored once", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(4), "same");
    await p.send([id], numbered(4), "same");
    await p.pass(30_000);
    expect((await p.tryAll(() => OK)).map((leased) => leased.events)).toEqual([4]);
  });

  test("G8 A deleted webhook gets no further attempt", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(30));
    const running = await p.leaseNext();
    await p.batches.forget(id, 0);
    await p.finish(running, REFUSED);
    await p.pass(HOUR);
    expect(await p.tryAll(() => OK)).toEqual([]);
    expect(await p.remains()).toEqual([]);
  });

  test("nothing is stored for a webhook that was deleted", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(14));
    await p.batches.forget(id, 0);
    await p.send([id], numbered(3));
    await p.pass(0);
    expect(await p.remains()).toEqual([]);
    expect((await p.claimNext()).kind).toBe("gone");
  });
});

describe("slots and leases", () => {
  test("G5 A webhook never has more attempts in flight than its slots", async () => {
    const p = partition({ concurrency: 2 });
    const id = await p.webhook();
    await p.send([id], numbered(50));
    expect(p.hints).toHaveLength(2);
    const first = await p.leaseNext();
    await p.leaseNext();
    expect(p.hints).toHaveLength(0);
    await p.finish(first, OK);
    const third = await p.leaseNext();
    expect(await p.body(third.batch)).toBe(`[${numbered(10, 20).join(",")}]`);
  });

  test("a batch whose worker died is tried again when its lease ends, and the late result is ignored", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(10));
    const lost = await p.leaseNext();
    await p.pass(7_999);
    expect(p.hints).toHaveLength(0);
    await p.pass(1);
    const again = await p.leaseNext();
    expect(again).toMatchObject({ batch: lost.batch, attempt: 2 });
    expect(await p.finish(lost, REFUSED)).toBe("ignored");
    expect(await p.finish(again, OK)).toBe("applied");
  });

  test("a success under a lost lease still deletes the batch", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(10));
    const lost = await p.leaseNext();
    await p.pass(8_000);
    expect(await p.finish(lost, OK)).toBe("applied");
    expect((await p.claimNext()).kind).toBe("gone");
    expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
  });

  test("a renewed lease is kept", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(10));
    const leased = await p.leaseNext();
    for (let i = 0; i < 5; i++) {
      await p.pass(5_000);
      expect(await p.batches.renew(0, leased.batch, leased.attempt)).toBe(true);
    }
    expect(p.hints).toHaveLength(0);
  });

  test("a reservation whose job was lost gets a new one, and the old job does nothing", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(10));
    const [lost] = p.hints.splice(0);
    await p.pass(5_000);
    expect(p.hints).toHaveLength(1);
    expect((await p.batches.claim(0, { ...lost!, worker: "late" })).kind).toBe("gone");
    expect((await p.claimNext()).kind).toBe("leased");
  });

  test("a lost job is made up for also while other attempts of its webhook go on ending", async () => {
    const p = partition({ concurrency: 2 });
    const id = await p.webhook();
    await p.send([id], numbered(200));
    const [lost] = p.hints.splice(0, 1);
    // No look at the deadlines comes between: each attempt that ends does what is due.
    for (let second = 0; second <= 5; second++) {
      await p.finish(await p.leaseNext(), OK);
      p.jump(1_000);
    }
    expect(p.hints.filter(({ batch }) => batch === lost?.batch)).toHaveLength(1);
  });
});

describe("a worker goes on with a webhook's next batch", () => {
  /** What is handed out when the attempt ends, to a worker that would go on. */
  const next = async (p: PartitionHarness, outcome: AttemptOutcome): Promise<Leased | undefined> => {
    let leased: Leased | undefined;
    await p.finish(await p.leaseNext(), outcome, (given) => {
      leased = given;
    });
    return leased;
  };

  test("under a lease and without a job", async () => {
    const p = partition({ concurrency: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(30));
    const second = await next(p, OK);
    expect(second).toMatchObject({ webhook: id, attempt: 1, events: 10 });
    expect(second?.body?.toString()).toBe(`[${numbered(10, 10).join(",")}]`);
    expect(p.hints).toHaveLength(0);
    expect(await p.batches.renew(0, second!.batch, 1)).toBe(true);
    // It dies: the batch is tried again.
    await p.pass(8_000);
    expect((await p.leaseNext()).batch).toBe(second?.batch);
    await p.audit();
  });

  test("not where a rate limit, a probe or the other lane decide when and where", async () => {
    const limited = partition({ concurrency: 1 });
    await limited.send([await limited.webhook({ rateLimit: 60 })], numbered(30));
    expect(await next(limited, OK)).toBeUndefined();

    const failing = partition({ concurrency: 1 });
    await failing.send([await failing.webhook()], numbered(60));
    for (let n = 0; n < 3; n++) await failing.finish(await failing.leaseNext(), REFUSED);
    await failing.pass(5 * MINUTE);
    expect(await next(failing, REFUSED)).toBeUndefined();
    await failing.pass(10 * MINUTE);
    // What waits is drained in the retry lane, where this worker has no place.
    expect(await next(failing, OK)).toBeUndefined();
    expect(failing.hints).toEqual([expect.objectContaining({ lane: "retry" })]);
  });

  test("a body that is not small is read", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], [JSON.stringify("x".repeat(20_000))]);
    await p.pass(30_000);
    expect((await p.leaseNext()).body).toBeUndefined();
  });
});

describe("retries", () => {
  test("a poison batch follows its own schedule, its webhook takes the others, and it expires after four hours", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(10));
    const start = p.now();
    let poison: BatchId | undefined;
    const triedAt: number[] = [];
    for (let minute = 0; minute <= 245; minute++) {
      await p.send([id], numbered(10, 100));
      for (const { batch } of await p.tryAll((leased) =>
        leased.batch === (poison ??= leased.batch) ? answered(400) : OK,
      )) {
        if (batch === poison) triedAt.push((p.now() - start) / MINUTE);
      }
      await p.pass(MINUTE);
    }
    expect(triedAt).toEqual([0, 1, 6, 36, 96, 156, 216, 240]);
    expect(p.notes.filter((note) => note.kind === "expired")).toEqual([
      expect.objectContaining({ batch: poison, events: 10 }),
    ]);
    expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
  });

  test("a delayed job that comes early is told so, and Redis' clock makes it due", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(10));
    await p.finish(await p.leaseNext(), REFUSED);
    const [early] = p.hints.splice(0);
    expect((await p.batches.claim(0, { ...early!, worker: "fast clock" })).kind).toBe("not-due");
    await p.pass(MINUTE + 500);
    expect(await p.leaseNext()).toMatchObject({ batch: early!.batch, attempt: 2 });
  });

  test("Retry-After holds the webhook and stretches the delay", async () => {
    const p = partition({ concurrency: 1 });
    const id = await p.webhook();
    await p.send([id], numbered(20));
    await p.finish(await p.leaseNext(), answered(429, 10 * MINUTE));
    await p.pass(9 * MINUTE);
    expect(await p.tryAll(() => OK)).toEqual([]);
    await p.pass(MINUTE + 1_000);
    expect(await p.tryAll(() => OK)).toHaveLength(2);
  });

  test("a last try is made in spite of a hold", async () => {
    const p = partition({ concurrency: 1, expiryMs: 30 * MINUTE });
    const id = await p.webhook();
    await p.send([id], numbered(20));
    await p.finish(await p.leaseNext(), answered(429, HOUR));
    await p.pass(29 * MINUTE);
    expect(await p.tryAll(() => OK)).toEqual([]);
    await p.pass(2 * MINUTE);
    expect(await p.tryAll(() => answered(429, HOUR))).toHaveLength(2);
    expect(p.notes.map((note) => note.kind)).toEqual(["expired", "expired"]);
  });
});

describe("failing", () => {
  async function failing(
    limits: Partial<PartitionLimits> = {},
  ): Promise<[PartitionHarness, Awaited<ReturnType<PartitionHarness["webhook"]>>]> {
    const p = partition({ concurrency: 3, ...limits });
    const id = await p.webhook();
    await p.send([id], numbered(50));
    await p.tryAll(() => REFUSED);
    return [p, id];
  }

  test("after three failures over two batches one probe at a time goes out, in turn, at most the interval apart", async () => {
    const [p] = await failing();
    const tried: string[] = [];
    for (let minute = 0; minute < 60; minute++) {
      await p.pass(MINUTE);
      const probes = await p.tryAll(() => REFUSED);
      expect(probes.length).toBeLessThanOrEqual(1);
      tried.push(...probes.map(({ batch }) => `${minute} ${batch}`));
    }
    expect(tried.map((text) => Number(text.split(" ")[0]))).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55]);
    expect(new Set(tried.map((text) => text.split(" ")[1])).size).toBe(5);
  });

  test("a success ends failing and drains what waits, oldest first, in the retry lane", async () => {
    const [p, id] = await failing();
    await p.send([id], numbered(10, 50));
    await p.pass(MINUTE);
    const probe = await p.leaseNext();
    await p.finish(probe, OK);
    expect(p.hints.every((hint) => hint.lane === "retry")).toBe(true);
    const bodies: string[] = [];
    while (p.hints.some((hint) => hint.delayMs <= p.now())) {
      const claim = await p.claimNext();
      if (claim.kind !== "leased") continue;
      bodies.push(await p.body(claim.batch));
      await p.finish(claim, OK);
    }
    expect(bodies).toEqual([1, 2, 3, 4, 5].map((index) => `[${numbered(10, index * 10).join(",")}]`));
    await p.send([id], numbered(10, 90));
    expect(p.hints.filter((hint) => hint.delayMs <= p.now()).map((hint) => hint.lane)).toEqual(["fresh"]);
  });

  test("a newly sealed batch probes at once when the last probe is over ten seconds old", async () => {
    const [p, id] = await failing();
    await p.pass(9_000);
    await p.send([id], numbered(10, 70));
    expect(await p.tryAll(() => OK)).toHaveLength(0);
    await p.pass(2_000);
    await p.send([id], numbered(10, 80));
    const [first] = await p.tryAll(() => OK);
    expect(first?.attempt).toBe(1);
  });

  test("what waits expires after four hours, and its last probe was its last try", async () => {
    const [p] = await failing();
    for (let minute = 0; minute < 239; minute++) {
      await p.pass(MINUTE);
      await p.tryAll(() => REFUSED);
    }
    expect(p.notes).toEqual([]);
    for (let minute = 0; minute < 6; minute++) {
      await p.pass(MINUTE);
      await p.tryAll(() => REFUSED);
    }
    expect(p.notes.map((note) => note.kind)).toEqual(Array(5).fill("expired"));
    expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
  });

  test("a changed target makes what waits due at once", async () => {
    const [p, id] = await failing();
    await p.configure(id, { target: "http://127.0.0.1:10" }, true);
    expect(await p.tryAll(() => OK)).toHaveLength(5);
  });

  test("three answers 410, at least fifty seconds apart, make the webhook inactive", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(10));
    for (let i = 0; i < 3; i++) {
      expect(await p.tryAll(() => answered(410))).toHaveLength(1);
      await p.pass(6 * MINUTE);
      await p.pass(30 * MINUTE);
    }
    await p.send([id], numbered(10));
    expect(await p.tryAll(() => OK)).toEqual([]);
    await p.pass(4 * HOUR);
    expect(p.notes.map((note) => note.kind)).toEqual(["expired"]);
  });
});

describe("inactive and paused", () => {
  test("an inactive webhook's batches wait untried and are due at once when it is active again", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(15));
    await p.configure(id, { active: false });
    await p.tryAll(() => OK);
    await p.send([id], numbered(15));
    await p.pass(HOUR);
    expect(await p.tryAll(() => OK)).toEqual([]);
    await p.configure(id, { active: true });
    expect((await p.tryAll(() => OK)).map((leased) => leased.events)).toEqual([10, 5]);
  });

  test("a paused webhook collects, tries nothing, and its clocks stand still", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(10));
    await p.finish(await p.leaseNext(), REFUSED);
    await p.pass(30_000);
    await p.configure(id, { paused: true });
    await p.send([id], numbered(10));
    await p.pass(5 * HOUR);
    expect(await p.tryAll(() => OK)).toEqual([]);
    expect(p.notes).toEqual([]);
    await p.configure(id, { paused: false });
    const tried = await p.tryAll(() => OK);
    expect(tried.map((leased) => leased.attempt).toSorted((a, b) => a - b)).toEqual([1, 2]);
  });
});

describe("split", () => {
  test("a 413 halves the batch: ids follow from the parent, order and bytes are kept, the parent is recorded", async () => {
    const p = partition({ concurrency: 9, maxEvents: 1_000 });
    const id = await p.webhook();
    const long = Array.from({ length: 1_000 }, (_, n) => JSON.stringify({ n, text: "x".repeat(60) }));
    await p.send([id], long);
    const parent = await p.leaseNext();
    const whole = await p.body(parent.batch);
    await p.finish(parent, answered(413));
    const parts: string[] = [];
    for (const leased of [await p.leaseNext(), await p.leaseNext()]) {
      expect(leased.batch).not.toBe(parent.batch);
      expect(leased.events).toBe(500);
      const body = await p.body(leased.batch);
      expect(Buffer.byteLength(body)).toBe(leased.bodyBytes);
      parts.push(body.slice(1, -1));
      await p.finish(leased, OK);
    }
    expect(`[${parts.join(",")}]`).toBe(whole);
    expect(p.notes).toEqual([expect.objectContaining({ kind: "split", batch: parent.batch })]);
    expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
  });

  test("later batches are sealed at the smaller size, and splitting ends at a 64th", async () => {
    const p = partition({ concurrency: 99, maxEvents: 1_000, maxBytes: 100_000 });
    const id = await p.webhook();
    const long = Array.from({ length: 1_000 }, (_, n) => JSON.stringify({ n, text: "x".repeat(60) }));
    await p.send([id], long);
    const sizes: number[] = [];
    for (let round = 0; round < 3; round++) {
      for (const leased of await p.tryAll((tried) => answered(tried.bodyBytes > 0 ? 413 : 200)))
        sizes.push(leased.bodyBytes);
    }
    expect(Math.min(...sizes)).toBeGreaterThan(100_000 / 64 / 2 - 100);
    await p.configure(id, {}, true);
    await p.tryAll(() => OK);
    await p.send([id], long);
    const after = await p.tryAll(() => OK);
    expect(Math.max(...after.map((leased) => leased.bodyBytes))).toBeLessThanOrEqual(Math.ceil(100_000 / 64) + 80);
  });
});

describe("a webhook that was deleted and created again under its id", () => {
  test.each<[string, AttemptOutcome]>([
    ["succeeds", OK],
    ["fails", answered(500)],
  ])("gets nothing of an attempt of the one before that %s", async (_, outcome) => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(10));
    const old = await p.leaseNext();
    await p.batches.forget(id, 0);
    await p.configure(id, {});
    expect(await p.finish(old, outcome)).toBe("gone");
    await p.pass(60_000);
    expect(await p.tryAll(() => OK)).toEqual([]);
    expect(await p.batches.isIdle(id, 0)).toBe(true);
    expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
  });

  test("gets none of the batches whose job comes late", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], numbered(10));
    await p.batches.forget(id, 0);
    await p.configure(id, {});
    expect(await p.claimNext()).toMatchObject({ kind: "gone" });
    await p.send([id], numbered(10, 10));
    const [fresh] = await p.tryAll(() => OK);
    expect(fresh).toMatchObject({ events: 10, attempt: 1 });
  });
});

test("a webhook that is leaving lets no batch rest, paused before or while its attempt is under way", async () => {
  const p = partition({ concurrency: 1 });
  const id = await p.webhook();
  await p.send([id], numbered(30));
  const running = await p.leaseNext();
  const place = (batch: BatchId) => ({ partition: 0, webhook: id, batch });
  const [paused] = (await redis.zrange(p.keys.partition(0).ready(id), "0", "0")) as [BatchId];
  await p.batches.pauseBatch(place(paused));
  await p.batches.pauseBatch(place(running.batch));
  await p.configure(id, { leaving: true, events: [] });
  expect(await p.finish(running, answered(500))).toBe("applied");
  await p.pass(120_000);
  expect(await p.tryAll(() => OK)).toHaveLength(3);
  expect(await p.batches.isIdle(id, 0)).toBe(true);
});

/** All that is stored under a namespace, to be put back as if it had been all that a replica had. */
async function snapshot(p: PartitionHarness): Promise<() => Promise<void>> {
  const names = (): Promise<string[]> => redis.keys(`{${p.keys.namespace}:p0}*`);
  const dumps = new Map<string, Buffer>();
  for (const name of await names()) dumps.set(name, await redis.dumpBuffer(name));
  return async () => {
    await redis.del(...(await names()));
    for (const [name, dump] of dumps) await redis.restore(name, 0, dump);
  };
}

test("a Redis that lacks the last events gives no other ones the id of a batch that has gone out", async () => {
  const p = createPartition(redis);
  const id = await p.webhook();
  await p.send([id], numbered(2));
  const putBack = await snapshot(p);
  const sent = new Map<string, string>();
  const seal = async (): Promise<void> => {
    await p.pass(LIMITS.maxWaitMs);
    const [batch] = (await p.sealed(id)) as [BatchId];
    const body = await p.body(batch);
    expect(sent.get(batch) ?? body).toBe(body);
    sent.set(batch, body);
    await putBack();
  };
  const request = randomUUID();
  // What is the same is so under the same id.
  await seal();
  await seal();
  expect(sent.size).toBe(1);
  await p.send([id], numbered(2, 2), request);
  await seal();
  await p.send([id], numbered(2, 4));
  await seal();
  // Its sender may have been given no answer.
  await p.send([id], numbered(1, 4));
  await p.send([id], numbered(2, 2), request);
  await seal();
  expect([...sent.values()].map((body) => (JSON.parse(body) as { n: number }[]).map(({ n }) => n))).toEqual([
    [0, 1],
    [0, 1, 2, 3],
    [0, 1, 4, 5],
    [0, 1, 4, 2, 3],
  ]);
});
