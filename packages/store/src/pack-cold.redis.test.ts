import type { WebhookId } from "@posthorn/core";
import { answered, chunkOf, createPartition, LIMITS, OK, REFUSED } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { MissingChunkError } from "./chunk-reader.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import type { PartitionLimits } from "./limits.ts";
import { mergeRanges } from "./scripts/merge-ranges.ts";

const LEASE_MS = 10_000;

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

const partition = (limits: Partial<PartitionLimits> = {}): PartitionHarness =>
  createPartition(redis, { maxEvents: 1_000, maxBytes: 20_000_000, ...limits });

/** An event's text that packs well. */
const text = (n: number, bytes = 400): string => `{"n":${n},"pad":"${"é".repeat(bytes / 2)}"}`;
const texts = (count: number, from = 0): string[] => Array.from({ length: count }, (_, n) => text(from + n));
async function used(p: PartitionHarness): Promise<number> {
  return Number(await redis.hget(p.keys.partition(0).usage, "b"));
}

/** The fields of each chunk's hash, without counters. */
async function chunks(p: PartitionHarness): Promise<string[]> {
  const keys = await redis.keys(p.keys.partition(0).chunk("*"));
  const fields = await Promise.all(keys.map((key) => redis.hkeys(key)));
  return fields
    .map((names) =>
      names
        .filter((name) => /^[dz]/.test(name))
        .toSorted()
        .join(" "),
    )
    .toSorted();
}

/** Sends each request to a webhook that is paused, and packs the batch that they make. */
async function packed(p: PartitionHarness, requests: readonly (readonly string[])[]): Promise<WebhookId> {
  const id = await p.webhook({ paused: true });
  for (const request of requests) await p.send([id], request);
  await p.pass(31_000);
  await p.pass(1_000);
  await p.pack();
  expect(await p.audit()).toEqual([]);
  return id;
}

/** Resumes the webhook and reads its batch. */
async function sentBody(p: PartitionHarness, id: WebhookId): Promise<string> {
  await p.configure(id, { paused: false });
  const leased = await p.leaseNext();
  const body = await p.body(leased.batch);
  expect(Buffer.byteLength(body)).toBe(leased.bodyBytes);
  await p.finish(leased, OK);
  expect(await p.audit()).toEqual([]);
  return body;
}

test.each([
  ["small requests", Array.from({ length: 700 }, (_, n) => [text(n, 40)]), ["z", "z"]],
  ["requests of some events", Array.from({ length: 40 }, (_, n) => texts(20, n * 20)), ["z", "z"]],
  ["one request", [texts(100)], ["z"]],
  ["events larger than a piece, between others", [[text(1)], [text(2, 600_000)], [text(3)]], ["z", "z", "z z1 z2"]],
  ["events too short to pack", [["1"], ["2", "3"]], ["d"]],
])("G3 the body of %s is what was sent when it was packed meanwhile", async (_, requests, stored) => {
  const p = partition();
  const id = await packed(p, requests);
  expect(await chunks(p)).toEqual(stored);
  expect(await sentBody(p, id)).toBe(`[${requests.flat().join(",")}]`);
  expect(await used(p)).toBe(0);
  expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
});

test("small requests take a fifth of the bytes or less, references and all", async () => {
  const p = partition();
  const id = await p.webhook({ paused: true });
  for (const one of texts(600)) await p.send([id], [one]);
  await p.pass(31_000);
  const before = await used(p);
  await p.pass(1_000);
  await p.pack();
  expect(await used(p)).toBeLessThan(before / 5);
});

describe("what is cold", () => {
  const isPacked = async (p: PartitionHarness): Promise<boolean> => (await chunks(p)).every((name) => name === "z");

  test("is a batch that waits for its retry, a second later", async () => {
    const p = partition();
    const id = await p.webhook();
    await p.send([id], texts(10));
    await p.pass(31_000);
    await p.tryAll(() => REFUSED);
    await p.pass(900);
    await p.pack();
    expect(await isPacked(p)).toBe(false);
    await p.pass(100);
    await p.pack();
    expect(await isPacked(p)).toBe(true);
  });

  test("is all that waits for a failing webhook, and what comes to it", async () => {
    const p = partition({ maxEvents: 10 });
    const id = await p.webhook();
    for (let n = 0; n < 4; n++) await p.send([id], texts(10, n * 10));
    await p.tryAll(() => REFUSED);
    for (let n = 4; n < 400; n++) await p.send([id], texts(10, n * 10));
    await p.pass(1_000);
    await p.pack();
    const inSlots = await redis.zcard(p.keys.partition(0).slots(id));
    expect((await chunks(p)).filter((name) => name === "d")).toHaveLength(inSlots);
    await p.send([id], texts(10));
    await p.pass(1_000);
    await p.pack();
    expect((await chunks(p)).filter((name) => name === "d")).toHaveLength(inSlots);
    expect(await p.audit()).toEqual([]);
  });

  test("is a batch that somebody paused", async () => {
    const p = partition({ maxEvents: 10 });
    const webhook = await p.webhook();
    await p.send([webhook], texts(10));
    const [batch] = await p.sealed(webhook);
    await p.batches.pauseBatch({ partition: 0, webhook, batch: batch as never });
    await p.pass(1_000);
    await p.pack();
    expect(await isPacked(p)).toBe(true);
  });

  test("is not what waits for a slot of a healthy webhook", async () => {
    const p = partition({ maxEvents: 10, concurrency: 1 });
    const id = await p.webhook();
    for (let n = 0; n < 50; n++) await p.send([id], texts(10, n * 10));
    await p.pass(60_000);
    await p.pack();
    expect(new Set(await chunks(p))).toEqual(new Set(["d"]));
    expect(await redis.exists(p.keys.partition(0).cold)).toBe(0);
  });

  test("is not what waits any more for a webhook that works again, until it fails again", async () => {
    const p = partition({ maxEvents: 10, concurrency: 1 });
    const id = await p.webhook({ paused: true });
    for (let n = 0; n < 30; n++) await p.send([id], texts(10, n * 10));
    await p.configure(id, { paused: false });
    await p.pass(2_000);
    await p.pack();
    expect(new Set(await chunks(p))).toEqual(new Set(["d"]));
    expect(await p.audit()).toEqual([]);
    await p.configure(id, { paused: true });
    await p.pass(2_000);
    await p.pack();
    // One batch is reserved.
    expect((await chunks(p)).filter((name) => name === "d")).toHaveLength(1);
    expect(await p.audit()).toEqual([]);
  });
});

describe("a chunk that several webhooks use", () => {
  test("is packed once, and reads the same for all of them", async () => {
    const p = partition();
    const all = [await p.webhook({ paused: true }), await p.webhook({ paused: true })];
    const request = Array.from({ length: 200 }, (_, n) => text(n, 600));
    await p.send(all, request);
    await p.pass(31_000);
    await p.pass(1_000);
    await p.pack();
    expect(await chunks(p)).toEqual(["z"]);
    expect(await p.audit()).toEqual([]);
    for (const id of all) expect(await sentBody(p, id)).toBe(`[${request.join(",")}]`);
    expect(await used(p)).toBe(0);
  });

  test("waits, when it is small, for the others to let go, and is then merged with its neighbours", async () => {
    const p = partition();
    const [sick, healthy] = [await p.webhook({ paused: true }), await p.webhook()];
    for (let n = 0; n < 10; n++) await p.send([sick, healthy], texts(5, n * 5));
    await p.pass(31_000);
    const leased = await p.leaseNext();
    await p.pass(1_000);
    await p.pack();
    expect(new Set(await chunks(p))).toEqual(new Set(["d"]));
    await p.finish(leased, OK);
    await p.pass(45_000);
    await p.pack();
    expect(await chunks(p)).toEqual(["z"]);
    expect(await sentBody(p, sick)).toBe(`[${texts(50).join(",")}]`);
    expect(await used(p)).toBe(0);
  });

  test("is packed where it is when they have not let go by then", async () => {
    const p = partition();
    const all = [await p.webhook({ paused: true }), await p.webhook({ paused: true })];
    for (let n = 0; n < 10; n++) await p.send(all, texts(5, n * 5));
    await p.pass(31_000);
    await p.pass(1_000);
    await p.pack();
    expect(new Set(await chunks(p))).toEqual(new Set(["d"]));
    await p.pass(45_000);
    await p.pack();
    expect(await chunks(p)).toEqual(Array.from({ length: 10 }, () => "z"));
    for (const id of all) expect(await sentBody(p, id)).toBe(`[${texts(50).join(",")}]`);
  });
});

test("a packed batch is split like any other", async () => {
  const p = partition({ maxEvents: 100 });
  const id = await packed(p, [texts(30), texts(40, 30), texts(17, 70)]);
  await p.configure(id, { paused: false });
  const whole = await p.leaseNext();
  const saved = async (): Promise<number> => Number(await redis.hget(p.keys.partition(0).webhook(id), "sv"));
  const before = await saved();
  expect(before).toBeGreaterThan(0);
  await p.finish(whole, answered(413));
  expect(await p.audit()).toEqual([]);
  // What is not divided evenly is rounded down.
  expect(before - (await saved())).toBeLessThan(10);
  const bodies: string[] = [];
  while ((await p.sealed(id)).length > 0) {
    const leased = await p.leaseNext();
    bodies.push(await p.body(leased.batch));
    await p.finish(leased, OK);
  }
  expect(bodies).toHaveLength(2);
  expect(bodies.flatMap((body) => JSON.parse(body) as unknown[])).toEqual(
    texts(87).map((one) => JSON.parse(one) as unknown),
  );
  expect(await used(p)).toBe(0);
});

describe("somebody who reads a batch while it is packed", () => {
  test("gets the same bytes, however far a large event has been read", async () => {
    const p = partition();
    const event = text(1, 1_000_000);
    const id = await p.webhook({ paused: true });
    await p.send([id], [event]);
    await p.pass(31_000);
    await p.pass(1_000);
    const [batch] = await p.sealed(id);
    const parts: Buffer[] = [];
    for await (const part of p.batches.read(0, batch as never)) {
      parts.push(part);
      if (parts.length === 3) await p.pack();
    }
    expect(await chunks(p)).toEqual(["z z1 z2 z3"]);
    expect(Buffer.concat(parts).toString()).toBe(`[${event}]`);
  });

  test("under a lost lease gets the whole or less when ranges are merged, never other bytes of its length", async () => {
    const requests = Array.from({ length: 1_200 }, (_, n) => [text(n, 1_000)]);
    const whole = `[${requests.flat().join(",")}]`;
    let cut = 0;
    for (const at of [1, 2, 3, 4]) {
      const p = partition({ maxEvents: 2_000 });
      const id = await p.webhook({ paused: true });
      for (const request of requests) await p.send([id], request);
      await p.pass(31_000);
      await p.pass(1_000);
      const [batch] = await p.sealed(id);
      const parts: Buffer[] = [];
      const read = async (): Promise<void> => {
        for await (const part of p.batches.read(0, batch as never)) {
          parts.push(part);
          if (parts.length === at) await p.pack();
        }
      };
      const error = await read().catch((failure: unknown) => failure);
      if (error !== undefined) expect(error).toBeInstanceOf(MissingChunkError);
      const body = Buffer.concat(parts).toString();
      expect(body === whole || body.length < whole.length).toBe(true);
      if (body !== whole) cut++;
      expect(await sentBody(p, id)).toBe(whole);
    }
    expect(cut).toBeGreaterThan(0);
  });
});

describe("ranges that somebody wants to merge", () => {
  /** A batch of two ranges, and what merges them as they were then. */
  async function twoRanges(): Promise<{
    p: PartitionHarness;
    id: WebhookId;
    merge: (from?: number) => Promise<boolean>;
  }> {
    const p = partition({ maxEvents: 2 });
    const id = await p.webhook({ paused: true });
    for (const one of texts(2)) await p.send([id], [one]);
    const [batch] = await p.sealed(id);
    const ranges = await redis.lrange(p.keys.partition(0).ranges(batch as never), 0, -1);
    const context = { redis, keys: p.keys, limits: LIMITS, nowMs: p.now };
    const merge = async (from = 0): Promise<boolean> =>
      mergeRanges(context, 0, { batch: batch as never, from, ranges, merged: chunkOf(texts(2)), packed: undefined });
    return { p, id, merge };
  }

  const CHANGES: [string, (p: PartitionHarness, id: WebhookId) => Promise<unknown>, boolean][] = [
    ["are merged while nothing has changed", async () => undefined, true],
    ["are not when an attempt is about to start", (p, id) => p.configure(id, { paused: false }), false],
    ["are not when the batch is gone", (p, id) => p.batches.discardWaiting({ partition: 0, webhook: id }), false],
    ["are not when the webhook is gone", (p, id) => p.batches.forget(id, 0), false],
    ["are not when they were merged meanwhile", (p) => p.pass(1_000).then(() => p.pack()), false],
    [
      "are not when somebody else uses one of their chunks",
      async (p) => {
        const [chunk] = await redis.keys(p.keys.partition(0).chunk("*"));
        await redis.hincrby(chunk ?? "", "u", 1);
      },
      false,
    ],
  ];
  test.each(CHANGES)("%s", async (_, change, isMerged) => {
    const { p, id, merge } = await twoRanges();
    await change(p, id);
    expect(await merge()).toBe(isMerged);
    expect(await p.audit()).toEqual([]);
  });

  test("are not when they do not stand where they stood", async () => {
    const { p, merge } = await twoRanges();
    expect(await merge(1)).toBe(false);
    expect(await p.audit()).toEqual([]);
  });
});

test("nothing of a batch is merged that is about to be sent", async () => {
  const p = partition({ maxEvents: 10 });
  const id = await p.webhook({ paused: true });
  for (const one of texts(10)) await p.send([id], [one]);
  await p.pass(1_000);
  await p.configure(id, { paused: false });
  const leased = await p.leaseNext();
  await p.pack();
  expect(await chunks(p)).toHaveLength(10);
  expect(await p.body(leased.batch)).toBe(`[${texts(10).join(",")}]`);
});

test("a batch whose packer died is packed by another when its lease is over", async () => {
  const p = partition();
  const id = await p.webhook({ paused: true });
  await p.send([id], texts(100));
  await p.pass(31_000);
  await p.pass(1_000);
  expect(await p.packing.packNext(0, AbortSignal.abort())).toBe(true);
  await p.pass(LEASE_MS - 1);
  expect(await p.packing.isDue(0)).toBe(false);
  expect(await p.packing.packNext(0, new AbortController().signal)).toBe(false);
  await p.pass(1);
  await p.pack();
  expect(await chunks(p)).toEqual(["z"]);
  expect(await sentBody(p, id)).toBe(`[${texts(100).join(",")}]`);
});

test("two packers of the same batch do no harm", async () => {
  const p = partition();
  const requests = Array.from({ length: 900 }, (_, n) => [text(n, 600)]);
  const id = await p.webhook({ paused: true });
  for (const request of requests) await p.send([id], request);
  await p.pass(31_000);
  await p.pass(1_000);
  const first = p.pack();
  // As if the first one's lease were over.
  await p.pass(LEASE_MS + 1);
  await Promise.all([first, p.pack()]);
  await p.pass(LEASE_MS + 1);
  await p.pack();
  expect(await p.audit()).toEqual([]);
  expect(await sentBody(p, id)).toBe(`[${requests.flat().join(",")}]`);
  expect(await used(p)).toBe(0);
});

test("a clock that was set back keeps nobody from packing", async () => {
  const p = partition();
  const id = await p.webhook({ paused: true });
  await p.send([id], texts(100));
  await p.pass(31_000);
  await p.pass(-3_600_000);
  await p.pack();
  expect(await chunks(p)).toEqual(["z"]);
  expect(await p.sealed(id)).toHaveLength(1);
});

test("a webhook's limit is for what its back-log takes in the store", async () => {
  const p = partition({ maxEvents: 10, webhookBacklogMaxBytes: 20_000 });
  const id = await p.webhook({ paused: true });
  for (let n = 0; n < 20; n++) {
    await p.send([id], texts(10, n * 10));
    await p.pass(1_000);
    await p.pack();
    expect(await p.audit()).toEqual([]);
  }
  expect(p.notes).toEqual([]);
  expect(Number(await redis.hget(p.keys.partition(0).webhook(id), "by"))).toBeGreaterThan(80_000);
  // What is not packed counts in full.
  await p.send([id], texts(50, 200));
  expect(p.notes.filter(({ kind }) => kind === "overflowed").length).toBeGreaterThan(0);
  expect(await p.audit()).toEqual([]);
});
