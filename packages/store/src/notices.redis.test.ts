import type { WebhookId } from "@posthorn/core";
import { answered, createPartition, LIMITS, numbered, OK } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createNotices, NOTICE_LEASE_MS } from "./notices.ts";
import type { Notices } from "./notices.ts";
import type { Notice } from "./scripts/take-notice.ts";

const MINUTE_MS = 60_000;

let redis: RedisClient;
let partition: PartitionHarness;
let notices: Notices;

beforeEach(async () => {
  redis = connect({ address: await freshDatabase(), name: "test", onError: () => undefined });
  await redis.connect();
  partition = createPartition(redis, { notices: true });
  notices = createNotices({ redis, keys: partition.keys, limits: LIMITS, nowMs: partition.now });
});
afterEach(() => redis.disconnect());

/** Takes and ends all that is due. */
async function tellAll(): Promise<Notice[]> {
  const told: Notice[] = [];
  for (let notice = await notices.take(0); notice !== undefined; notice = await notices.take(0)) {
    await notices.end(0, notice);
    told.push(notice);
  }
  return told;
}
const shown = ({ kind, happenings, batches, events }: Notice) => [kind, happenings, batches, events];

/** A webhook with so many batches of ten events, all of which are deleted at their expiry, and none of which has a slot. */
async function abandoned(on: PartitionHarness, batches: number): Promise<WebhookId> {
  const webhook = await on.webhook({ paused: true });
  for (let n = 0; n < batches; n++) await on.send([webhook], numbered(10));
  await on.configure(webhook, { paused: false, active: false });
  // Clocks are started slice by slice.
  for (let slice = 0; slice * 100 < batches; slice++) await on.pass(0);
  return webhook;
}

/** Three failed attempts over two batches. */
async function makeFail(webhook: WebhookId): Promise<void> {
  await partition.send([webhook], numbered(20));
  await partition.tryAll(() => answered(500));
  for (let left = 4; left > 0; left--) {
    await partition.pass(MINUTE_MS + 6_000);
    await partition.tryAll(() => answered(500));
  }
}

test("a webhook that begins to fail and one that recovers are told once each, whoever else fails meanwhile", async () => {
  const [webhook, other] = [await partition.webhook(), await partition.webhook()];
  await partition.send([other], numbered(10));
  await partition.tryAll(() => answered(500));
  expect(await tellAll()).toEqual([]);
  await makeFail(webhook);
  const [failing, ...none] = await tellAll();
  expect(none).toEqual([]);
  expect(failing).toMatchObject({ webhook, kind: "failing", happenings: 1, batches: 0 });
  await partition.pass(5 * MINUTE_MS);
  await partition.tryAll(() => OK);
  const recovered = (await tellAll()).filter((notice) => notice.webhook === webhook);
  expect(recovered.map(shown)).toEqual([["recovered", 1, 0, 0]]);
});

test("a webhook that somebody makes healthy has recovered too, and the notice says why", async () => {
  const webhook = await partition.webhook();
  await makeFail(webhook);
  await tellAll();
  await partition.batches.retryWebhook({ partition: 0, webhook });
  expect(await tellAll()).toEqual([
    expect.objectContaining({ kind: "recovered", why: expect.stringContaining("somebody") }),
  ]);
});

test("a target that is gone for good is told with the reason, once however many attempts were under way", async () => {
  const webhook = await partition.webhook();
  for (let n = 0; n < 3; n++) {
    await partition.send([webhook], numbered(10));
    await partition.pass(6 * MINUTE_MS);
    await partition.tryAll(() => answered(410));
  }
  const told = await tellAll();
  expect(told.filter(({ kind }) => kind === "deactivated")).toEqual([
    expect.objectContaining({ webhook, happenings: 1, why: "the target answered 410 Gone three times in a row" }),
  ]);
});

test("hundreds of batches that expire make one notice at once and one a minute later, which count all of them", async () => {
  await abandoned(partition, 450);
  await partition.pass(LIMITS.expiryMs - 1_000);
  expect(await tellAll()).toEqual([]);
  partition.jump(2_000);
  await partition.batches.tick(0);
  const first = await tellAll();
  for (let slice = 0; slice < 5; slice++) await partition.pass(200);
  expect(await tellAll()).toEqual([]);
  partition.jump(MINUTE_MS);
  const second = await tellAll();
  expect([first.length, second.length]).toEqual([1, 1]);
  const all = [...first, ...second];
  expect(all.map(({ kind }) => kind)).toEqual(["expired", "expired"]);
  expect(all.reduce((sum, { batches }) => sum + batches, 0)).toBe(450);
  expect(all.reduce((sum, { events }) => sum + events, 0)).toBe(4_500);
  expect(all[0]?.id).not.toBe(all[1]?.id);
  await partition.pass(10 * MINUTE_MS);
  expect(await tellAll()).toEqual([]);
  // What is left goes by itself.
  for (const key of await redis.keys(`{${partition.keys.namespace}:p0}:n*`)) {
    expect(await redis.pttl(key)).toBeGreaterThan(0);
  }
});

test("what overflows is told", async () => {
  const small = createPartition(redis, { notices: true, webhookBacklogMaxBytes: 500 });
  const webhook = await small.webhook({ paused: true });
  for (let n = 0; n < 20; n++) await small.send([webhook], numbered(10));
  await small.pass(0);
  const taken = await createNotices({ redis, keys: small.keys, limits: LIMITS, nowMs: small.now }).take(0);
  expect(taken).toMatchObject({ webhook, kind: "overflowed" });
  expect(taken?.batches).toBe(small.notes.filter(({ kind }) => kind === "overflowed").length);
});

test("one teller has a notice at a time, another gets it when that one is gone, under the same id", async () => {
  const webhook = await partition.webhook();
  await makeFail(webhook);
  const first = await notices.take(0);
  expect(await notices.take(0)).toBeUndefined();
  partition.jump(NOTICE_LEASE_MS);
  const second = await notices.take(0);
  expect([second?.id, second?.kind]).toEqual([first?.id, "failing"]);
  if (second === undefined || first === undefined) throw new Error("no notice");
  await notices.end(0, second);
  // The first one turns up again.
  await notices.end(0, first);
  await notices.postpone(0, first, 1_000);
  partition.jump(MINUTE_MS);
  expect(await notices.take(0)).toBeUndefined();
});

test("what could not be told comes again after a while, and has what happened meanwhile in it", async () => {
  await abandoned(partition, 2);
  await partition.pass(LIMITS.expiryMs + 1);
  const notice = await notices.take(0);
  expect(notice).toMatchObject({ kind: "expired", batches: 2 });
  if (notice === undefined) throw new Error("no notice");
  await notices.postpone(0, notice, 2_000);
  partition.jump(1_999);
  expect(await notices.take(0)).toBeUndefined();
  partition.jump(1);
  expect(await notices.take(0)).toMatchObject({ id: notice.id, batches: 2 });
});

test("what happens while a notice is being told is another one, a minute later", async () => {
  await abandoned(partition, 150);
  partition.jump(LIMITS.expiryMs + 1);
  await partition.batches.tick(0);
  const first = await notices.take(0);
  if (first === undefined) throw new Error("no notice");
  await partition.pass(0);
  await notices.end(0, first);
  expect(await notices.take(0)).toBeUndefined();
  partition.jump(MINUTE_MS);
  const [second, ...none] = await tellAll();
  expect(none).toEqual([]);
  expect(first.batches + (second?.batches ?? 0)).toBe(150);
  expect(second?.id).not.toBe(first.id);
});

test("a clock that was set back keeps no notice for long", async () => {
  const webhook = await partition.webhook();
  await makeFail(webhook);
  const notice = await notices.take(0);
  if (notice === undefined) throw new Error("no notice");
  await notices.postpone(0, notice, MINUTE_MS);
  partition.jump(-24 * 3_600_000);
  expect(await notices.take(0)).toMatchObject({ id: notice.id });
});

test("a bounded number of notices wait, and the others are counted", async () => {
  let untold = 0;
  const { notices: key } = partition.keys.partition(0);
  await redis.zadd(key, ...Array.from({ length: 1_000 }, (_, n) => [1, `other-${n}:failing`]).flat());
  const { createBatches } = await import("./batches.ts");
  const batches = createBatches({
    context: { redis, keys: partition.keys, limits: { ...LIMITS, notices: true }, nowMs: partition.now },
    producer: {
      add: async () => undefined,
      withoutJob: async () => [],
      afterClockJump: async () => undefined,
      close: async () => undefined,
    },
    onNote: () => undefined,
    onUntold: (count) => (untold += count),
    onLostHints: () => undefined,
  });
  await abandoned(partition, 2);
  partition.jump(LIMITS.expiryMs + 1);
  while (await batches.tick(0));
  expect(untold).toBe(2);
  expect(await redis.zcard(key)).toBe(1_000);
});

test("where nobody asked for notices nothing is kept", async () => {
  const silent = createPartition(redis);
  await abandoned(silent, 1);
  await silent.pass(LIMITS.expiryMs + 1);
  expect(silent.notes.map(({ kind }) => kind)).toEqual(["expired"]);
  expect(await redis.exists(silent.keys.partition(0).notices)).toBe(0);
});
