import { randomUUID } from "node:crypto";
import type { BatchId, WebhookId } from "@posthorn/core";
import { answered, createPartition, numbered, OK, REFUSED } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { createBatchListing } from "./batch-listing.ts";
import type { BatchListing } from "./batch-listing.ts";
import type { BatchRow, BatchState } from "./batch-row.ts";
import { connect } from "./connect.ts";
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

interface Setting {
  readonly p: PartitionHarness;
  readonly id: WebhookId;
  readonly listing: BatchListing;
  readonly rows: (states?: readonly BatchState[]) => Promise<BatchRow[]>;
  readonly at: (batch: BatchId) => { readonly partition: number; readonly webhook: WebhookId; readonly batch: BatchId };
}

async function setting(limits: Partial<PartitionLimits> = {}): Promise<Setting> {
  const p = createPartition(redis, limits);
  const id = await p.webhook();
  const listing = createBatchListing({ redis, keys: p.keys, nowMs: p.now });
  const place = { partition: 0, webhook: id };
  return {
    p,
    id,
    listing,
    rows: async (states) => (await listing.list({ ...place, states, limit: 1_000 })).rows,
    at: (batch) => ({ ...place, batch }),
  };
}

/** A webhook with at least one batch in each state. */
async function everyState(): Promise<Setting> {
  const made = await setting({ concurrency: 2, expiryMs: 4 * HOUR });
  const { p, id } = made;
  // Delivered at once, delivered later, split, and one that goes its own way.
  await p.send([id], numbered(10));
  await p.tryAll(() => OK);
  await p.send([id], numbered(20, 10));
  await p.tryAll(() => answered(500));
  await p.pass(MINUTE);
  let first = true;
  await p.tryAll(() => (first ? ((first = false), OK) : answered(502)));
  await p.send(
    [id],
    Array.from({ length: 10 }, (_, n) => JSON.stringify({ n: 30 + n, text: "x".repeat(200) })),
  );
  await p.finish(await p.leaseNext(), answered(413));
  await p.tryAll(() => OK);
  // Ten more: two discarded, one paused, one in flight, one reserved, five waiting; and an open one.
  await p.send([id], numbered(94, 40));
  await p.leaseNext();
  const waiting = (await redis.zrange(p.keys.partition(0).ready(id), "0", "-1")) as BatchId[];
  for (const batch of waiting.slice(0, 2)) await p.batches.discardBatch(made.at(batch));
  await p.batches.pauseBatch(made.at(waiting[2]!));
  return made;
}

test("every batch is listed once, with the state that it is in, what is here first", async () => {
  const { rows } = await everyState();
  const found = await rows();
  expect(found.map(({ state }) => state)).toEqual([
    "open",
    "in_flight",
    "reserved",
    ...Array(4).fill("waiting"),
    "scheduled",
    "paused",
    // Newest first: what ended at the same moment in the order of the ids.
    ...found.slice(9).map(({ state }) => state),
  ]);
  const ended = found.slice(9).map(({ state }) => state);
  expect(ended.toSorted()).toEqual([...Array(4).fill("delivered"), "discarded", "discarded", "split"]);
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  const times = found.slice(9).map(({ endedAtMs }) => endedAtMs ?? 0);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

test("pages of any size give the same list", async () => {
  const { listing, rows, id } = await everyState();
  const whole = await rows();
  for (const limit of [1, 2, 3, 7, 15, 16, 17]) {
    const paged: BatchRow[] = [];
    let cursor: Parameters<BatchListing["list"]>[0]["cursor"];
    let pages = 0;
    do {
      const page = await listing.list({ partition: 0, webhook: id, limit, cursor });
      expect(page.rows.length).toBeLessThanOrEqual(limit);
      paged.push(...page.rows);
      ({ cursor } = page);
      pages++;
    } while (cursor !== undefined);
    expect(paged).toEqual(whole);
    expect(pages).toBeLessThanOrEqual(Math.ceil(whole.length / limit) + 1);
  }
});

test.each<[BatchState, number]>([
  ["open", 1],
  ["waiting", 4],
  ["scheduled", 1],
  ["reserved", 1],
  ["in_flight", 1],
  ["paused", 1],
  ["delivered", 4],
  ["expired", 0],
  ["discarded", 2],
  ["split", 1],
])("only batches of the state %s are listed when asked for", async (state, count) => {
  const { rows, listing, id } = await everyState();
  const found = await rows([state]);
  expect(found.map((row) => row.state)).toEqual(Array(count).fill(state));
  const first = await listing.list({ partition: 0, webhook: id, states: [state], limit: 1 });
  expect(first.rows).toEqual(found.slice(0, 1));
});

test("a rare state is found in few steps, and the successes are read once", async () => {
  const { p, id } = await setting({ concurrency: 999, maxEvents: 1 });
  await p.send([id], numbered(400));
  let n = 0;
  await p.tryAll(() => (n++ % 2 === 0 ? answered(500) : OK));
  const counted = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "counted", onError: () => undefined });
  try {
    const [lists, steps] = [jest.spyOn(counted, "lrange"), jest.spyOn(counted, "zrevrangebyscore")];
    await counted.connect();
    const listing = createBatchListing({ redis: counted, keys: p.keys, nowMs: p.now });
    const place = { partition: 0, webhook: id };
    expect(await listing.list({ ...place, states: ["split"], limit: 1 })).toEqual({ rows: [], cursor: undefined });
    const successes = lists.mock.calls.filter(([key]) => key === p.keys.partition(0).successes(id));
    expect(successes).toHaveLength(1);
    expect(steps.mock.calls.length).toBeLessThan(20);
  } finally {
    counted.disconnect();
  }
});

test("one batch is told of alike by itself and in a list", async () => {
  const { rows, listing, at } = await everyState();
  for (const row of await rows()) expect(await listing.get(at(row.id))).toEqual(row);
  expect(await listing.get(at(randomUUID() as BatchId))).toBeUndefined();
});

test("batches of the same moment and the same score are neither lost nor told twice between pages", async () => {
  const { p, id, listing } = await setting({ concurrency: 999, maxEvents: 1 });
  await p.send([id], numbered(100));
  let n = 0;
  await p.tryAll(() => (n++ % 2 === 0 ? answered(500) : OK));
  const seen: BatchId[] = [];
  let cursor: Parameters<BatchListing["list"]>[0]["cursor"];
  do {
    const page = await listing.list({
      partition: 0,
      webhook: id,
      states: ["scheduled", "delivered"],
      limit: 7,
      cursor,
    });
    seen.push(...page.rows.map((row) => row.id));
    ({ cursor } = page);
  } while (cursor !== undefined);
  expect(seen).toHaveLength(100);
  expect(new Set(seen).size).toBe(100);
});

test("a list goes on where it was although its last batch is gone", async () => {
  const { p, id, listing, at } = await setting({ concurrency: 1 });
  await p.send([id], numbered(60));
  const place = { partition: 0, webhook: id, states: ["waiting"] as const, limit: 2 };
  const first = await listing.list(place);
  for (const { id: batch } of first.rows) await p.batches.discardBatch(at(batch));
  const second = await listing.list({ ...place, limit: 10, cursor: first.cursor });
  expect(second.rows).toHaveLength(3);
  expect(second.cursor).toBeUndefined();
});

test("a row tells size, attempts and times", async () => {
  const { p, id, rows } = await setting();
  await p.send([id], numbered(4));
  const openedAtMs = p.now();
  expect(await rows()).toEqual([
    {
      id: expect.any(String) as string,
      state: "open",
      events: 4,
      bodyBytes: Buffer.byteLength(`[${numbered(4).join(",")}]`),
      attempts: 0,
      failedAttempts: 0,
      createdAtMs: openedAtMs,
      sealedAtMs: null,
      nextAttemptAtMs: null,
      expiresAtMs: null,
      endedAtMs: null,
      lastAttempt: null,
    },
  ]);
  await p.pass(30_000);
  const [reserved] = await rows();
  expect(reserved).toMatchObject({ state: "reserved", sealedAtMs: openedAtMs + 30_000, expiresAtMs: null });
  const leased = await p.leaseNext();
  expect(await rows()).toEqual([
    { ...reserved, state: "in_flight", attempts: 1, expiresAtMs: openedAtMs + 30_000 + 4 * HOUR },
  ]);
  await p.finish(leased, REFUSED);
  const scheduled = {
    ...reserved,
    state: "scheduled",
    attempts: 1,
    failedAttempts: 1,
    expiresAtMs: openedAtMs + 30_000 + 4 * HOUR,
    nextAttemptAtMs: p.now() + MINUTE,
    lastAttempt: { atMs: p.now(), errorCode: "ECONNREFUSED", message: "refused" },
  };
  expect(await rows()).toEqual([scheduled]);
  await p.pass(MINUTE);
  await p.finish(await p.leaseNext(), answered(503));
  await p.pass(6 * MINUTE);
  await p.finish(await p.leaseNext(), OK);
  expect(await rows()).toEqual([
    {
      ...scheduled,
      state: "delivered",
      attempts: 3,
      failedAttempts: 2,
      expiresAtMs: null,
      nextAttemptAtMs: null,
      endedAtMs: p.now(),
      lastAttempt: { atMs: p.now(), status: 200 },
    },
  ]);
});

test("while nothing is tried no next attempt is told, and no expiry while clocks stand still", async () => {
  const { p, id, rows, at } = await setting({ concurrency: 1 });
  await p.send([id], numbered(30));
  await p.finish(await p.leaseNext(), answered(500));
  const [, , scheduled] = await rows();
  expect(scheduled?.expiresAtMs).toBe(p.now() + 4 * HOUR);
  await p.configure(id, { active: false });
  expect(await rows(["scheduled"])).toEqual([{ ...scheduled, nextAttemptAtMs: null }]);
  await p.configure(id, { active: true, paused: true });
  expect(await rows(["scheduled"])).toEqual([{ ...scheduled, nextAttemptAtMs: null, expiresAtMs: null }]);
  await p.pass(HOUR);
  await p.configure(id, { paused: false });
  const resumed = (await rows(["reserved", "waiting"])).find((row) => row.id === scheduled?.id);
  expect(resumed).toMatchObject({ expiresAtMs: (scheduled?.expiresAtMs ?? 0) + HOUR });
  await p.batches.pauseBatch(at(scheduled!.id));
  expect(await rows(["paused"])).toEqual([expect.objectContaining({ expiresAtMs: null, nextAttemptAtMs: null })]);
});

test("what waits for a hold's end tells when that is; what waits for probes does not know its turn", async () => {
  const { p, id, rows } = await setting({ concurrency: 1 });
  await p.send([id], numbered(30));
  await p.finish(await p.leaseNext(), answered(429, 10 * MINUTE));
  await p.tryAll(() => OK);
  expect((await rows(["waiting"])).map((row) => row.nextAttemptAtMs)).toEqual(Array(2).fill(p.now() + 10 * MINUTE));
  await p.pass(11 * MINUTE);
  await p.tryAll(() => REFUSED);
  expect((await rows(["waiting"])).map((row) => row.nextAttemptAtMs)).toEqual(Array(3).fill(null));
});

test("an expired batch tells how its last attempt went, however it was recorded after it", async () => {
  const { p, id, rows } = await setting({ expiryMs: MINUTE });
  await p.send([id], numbered(10));
  await p.tryAll(() => answered(500));
  await p.pass(2 * MINUTE);
  await p.tryAll(() => answered(503));
  expect(await rows()).toEqual([
    expect.objectContaining({ state: "expired", attempts: 2, lastAttempt: { atMs: p.now(), status: 503 } }),
  ]);
});

test("the attempts of a batch are told in order, whether it is here or gone, and nobody else's", async () => {
  const { p, id, listing, at } = await setting({ expiryMs: 2 * MINUTE });
  const stranger = await p.webhook();
  await p.send([id], numbered(10));
  const leased = await p.leaseNext();
  const { batch } = leased;
  expect(await listing.attempts(at(batch))).toEqual([]);
  await p.finish(leased, REFUSED);
  const refused = expect.objectContaining({ attempt: 1, outcome: "failed", errorCode: "ECONNREFUSED", latencyMs: 1 });
  expect(await listing.attempts(at(batch))).toEqual([refused]);
  await p.pass(3 * MINUTE);
  await p.tryAll(() => answered(500));
  expect(p.notes.map(({ kind }) => kind)).toEqual(["expired"]);
  expect(await listing.attempts(at(batch))).toEqual([
    refused,
    expect.objectContaining({ attempt: 2, outcome: "failed", status: 500, bodyStart: "" }),
  ]);
  expect(await listing.attempts({ ...at(batch), webhook: stranger })).toBeUndefined();
  expect(await listing.get({ ...at(batch), webhook: stranger })).toBeUndefined();

  await p.send([id], numbered(10));
  const success = await p.leaseNext();
  await p.finish(success, OK);
  expect(await listing.attempts(at(success.batch))).toEqual([
    expect.objectContaining({ attempt: 1, outcome: "delivered", status: 200 }),
  ]);
  expect(await listing.attempts({ ...at(success.batch), webhook: stranger })).toBeUndefined();
});
