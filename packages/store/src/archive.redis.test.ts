import type { BatchId, WebhookId } from "@posthorn/core";
import { createPartition, numbered, OK, REFUSED } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { ARCHIVE_LEASE_MS } from "./archive.ts";
import type { Archive } from "./archive.ts";
import { createBatchListing } from "./batch-listing.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import type { PartitionLimits } from "./limits.ts";

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

const kinds = (p: PartitionHarness): string[] => p.notes.map(({ kind }) => kind);
const usage = (p: PartitionHarness, field: "a" | "b"): Promise<string | null> =>
  redis.hget(p.keys.partition(0).usage, field);

async function read(archive: Archive, batch: BatchId): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of archive.read(0, batch)) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** A partition in which a batch has just expired, while somebody writes files. */
async function expired(
  limits: Partial<PartitionLimits> = {},
): Promise<{ p: PartitionHarness; id: WebhookId; batch: BatchId }> {
  const p = createPartition(redis, { maxEvents: 3, ...limits });
  const id = await p.webhook();
  await p.archive().announce(0);
  await p.send([id], numbered(3));
  await p.finish(await p.leaseNext(), REFUSED);
  const [batch] = (await p.sealed(id)) as [BatchId];
  await p.configure(id, { active: false });
  await p.pass(5 * HOUR);
  expect(kinds(p)).toEqual(["expired"]);
  return { p, id, batch };
}

test("what expires is kept, nobody's, until it is in a file; then nothing of it is left", async () => {
  const { p, id, batch } = await expired();
  const archive = p.archive();
  expect(await p.sealed(id)).toEqual([]);
  expect(await p.audit()).toEqual([]);
  expect(await archive.isDue(0)).toBe(true);
  const taken = await archive.take(0);
  expect(taken).toEqual({
    id: batch,
    webhook: id,
    why: "expired",
    endedAtMs: p.now(),
    createdAtMs: p.now() - 5 * HOUR,
    events: 3,
    bodyBytes: 25,
    attempts: 1,
  });
  expect(await read(archive, batch)).toBe(`[${numbered(3).join(",")}]`);
  expect(await archive.end(0, batch)).toBe(true);
  expect(await archive.end(0, batch)).toBe(false);
  expect(await archive.isDue(0)).toBe(false);
  expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
  expect([await usage(p, "a"), await usage(p, "b")]).toEqual(["0", "0"]);
});

test("meanwhile it is told of as expired, and cannot be steered", async () => {
  const { p, id, batch } = await expired();
  const place = { partition: 0, webhook: id, batch };
  const listing = createBatchListing({ redis, keys: p.keys, nowMs: p.now });
  expect(await listing.get(place)).toMatchObject({ state: "expired", events: 3 });
  expect((await listing.list({ partition: 0, webhook: id, limit: 10 })).rows).toHaveLength(1);
  for (const action of ["retryBatch", "discardBatch", "pauseBatch", "resumeBatch"] as const) {
    expect(await p.batches[action](place)).toEqual({ kind: "gone" });
  }
  await p.batches.forget(id, 0);
  expect(await p.archive().take(0)).toMatchObject({ id: batch, webhook: id });
});

test("one worker at a time has it, and another one when that is silent", async () => {
  const { p, batch } = await expired();
  const [one, other] = [p.archive("one"), p.archive("other")];
  expect((await one.take(0))?.id).toBe(batch);
  expect(await other.take(0)).toBeUndefined();
  p.jump(ARCHIVE_LEASE_MS - 1);
  expect(await one.keep(0, batch)).toBe(true);
  p.jump(ARCHIVE_LEASE_MS - 1);
  expect(await other.take(0)).toBeUndefined();
  p.jump(2);
  expect((await other.take(0))?.id).toBe(batch);
  expect(await one.keep(0, batch)).toBe(false);
  // Whoever has written it first: it is the same file.
  expect(await one.end(0, batch)).toBe(true);
  expect(await other.keep(0, batch)).toBe(false);
  expect(await other.end(0, batch)).toBe(false);
});

test("what a clock that was set back has given somebody for long is taken by others", async () => {
  const { p, batch } = await expired();
  await p.archive("one").take(0);
  p.jump(-HOUR);
  expect((await p.archive("other").take(0))?.id).toBe(batch);
});

test("a last try that fails is the end of it, and what nobody writes within a day is let go with a note", async () => {
  const p = createPartition(redis, { maxEvents: 3 });
  const id = await p.webhook();
  await p.archive().announce(0);
  await p.send([id], numbered(3));
  for (let tries = 0; (await p.sealed(id)).length > 0 && tries < 50; tries++) {
    await p.pass(HOUR / 4);
    await p.tryAll(() => REFUSED);
  }
  expect(kinds(p)).toEqual(["expired"]);
  await p.pass(DAY - SECOND);
  expect(await p.archive().isDue(0)).toBe(true);
  await p.pass(2 * SECOND);
  expect(await p.archive().isDue(0)).toBe(false);
  expect(kinds(p)).toEqual(["expired", "unarchived"]);
  expect(p.notes[1]).toMatchObject({ webhook: id, events: 3 });
  expect(await p.audit()).toEqual([]);
  expect([await usage(p, "a"), await usage(p, "b")]).toEqual(["0", "0"]);
});

test("after a jump of the clock, by which the day is over, it stays for ten minutes more", async () => {
  const { p } = await expired();
  p.jump(2 * DAY);
  await p.batches.calm(0, 600_000);
  await p.pass(0);
  await p.pass(599 * SECOND);
  expect(await p.archive().isDue(0)).toBe(true);
  await p.pass(2 * SECOND);
  expect(await p.archive().isDue(0)).toBe(false);
});

test("what cannot be read is let go with a note", async () => {
  const { p, batch } = await expired();
  await p.archive().lose(0, batch);
  expect(kinds(p)).toEqual(["expired", "unarchived"]);
  expect(await p.archive().isDue(0)).toBe(false);
});

test("where nobody writes files, what expires is deleted at once", async () => {
  const p = createPartition(redis, { maxEvents: 3 });
  const id = await p.webhook();
  await p.send([id], numbered(3));
  await p.finish(await p.leaseNext(), REFUSED);
  await p.configure(id, { active: false });
  await p.pass(5 * HOUR);
  expect(await p.archive().isDue(0)).toBe(false);
  expect(await usage(p, "b")).toBe("0");
});

describe("a store that is too full", () => {
  const LIMITS = { maxEvents: 1, backlogMaxBytes: 100_000, backlogHighBytes: 77_000 };
  const text = (n: number): string => JSON.stringify({ n, pad: "x".repeat(8_000) });

  test("sets aside no more than makes enough room once it is in files, and takes events meanwhile", async () => {
    const p = createPartition(redis, LIMITS);
    const id = await p.webhook({ paused: true });
    await p.archive().announce(0);
    for (let n = 0; n < 9; n++) await p.send([id], [text(n)]);
    await p.pass(0);
    expect(kinds(p)).toEqual(["overflowed"]);
    // Nothing has become free, and that changes nothing.
    for (let looks = 0; looks < 5; looks++) await p.pass(3 * SECOND);
    expect(kinds(p)).toEqual(["overflowed"]);
    expect(await p.send([id], [text(9)])).toBe("stored");
    const archive = p.archive();
    const taken = await archive.take(0);
    expect(taken?.why).toBe("overflowed");
    expect(await read(archive, taken?.id as BatchId)).toBe(`[${text(0)}]`);
    await archive.end(0, taken?.id as BatchId);
    expect(await p.audit()).toEqual([]);
  });

  test("lets go of what waits for a file, oldest first and with a note, before it refuses events", async () => {
    const p = createPartition(redis, LIMITS);
    const [sick, healthy] = [await p.webhook({ paused: true }), await p.webhook()];
    await p.archive().announce(0);
    let accepted = 0;
    for (let n = 0; n < 30; n++) {
      if ((await p.send([n < 9 ? sick : healthy], [text(n)])) === "stored") accepted += 1;
      await p.pass(3 * SECOND);
      if (n >= 9) await p.tryAll(() => OK);
    }
    for (let n = 30; n < 33; n++) {
      if ((await p.send([sick], [text(n)])) === "stored") accepted += 1;
      await p.pass(3 * SECOND);
    }
    expect(accepted).toBe(33);
    const lost = p.notes.filter(({ kind }) => kind === "unarchived").map(({ batch }) => batch);
    const overflowed = p.notes.filter(({ kind }) => kind === "overflowed").map(({ batch }) => batch);
    expect(lost.length).toBeGreaterThan(0);
    expect(overflowed).toEqual(expect.arrayContaining(lost));
    expect(await p.audit()).toEqual([]);
  });
});
