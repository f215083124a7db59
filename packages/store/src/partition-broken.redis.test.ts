import type { AttemptOutcome, BrokenReason } from "@posthorn/core";
import { answered, createPartition, numbered, OK, REFUSED } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createRecords } from "./records.ts";
import { createReadStats } from "./webhook-stats.ts";
import type { WebhookStats } from "./webhook-stats.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let redis: RedisClient;
let p: PartitionHarness;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  p = createPartition(redis, { maxEvents: 1, concurrency: 4 });
});

const broken = (reason: BrokenReason): AttemptOutcome => ({ kind: "broken", reason, message: "", latencyMs: 1 });

async function statsOf(id: Parameters<PartitionHarness["sealed"]>[0]): Promise<WebhookStats | undefined> {
  const [stats] = await createReadStats({ redis, keys: p.keys, nowMs: p.now })([{ id, partition: 0 }]);
  return stats;
}

test("a webhook whose secrets cannot be opened is tried once a minute and tells since when, and its batches expire", async () => {
  const id = await p.webhook();
  const since = p.now();
  await p.send([id], numbered(40));
  const tries: number[] = [];
  for (let minute = 0; minute < 10; minute++) {
    tries.push((await p.tryAll(() => broken("unreadable"))).length);
    for (let seconds = 0; seconds < 59; seconds += 10) await p.pass(10_000);
  }
  expect(Math.max(...tries)).toBeLessThanOrEqual(4);
  expect(await statsOf(id)).toMatchObject({
    unreadableSinceMs: since,
    failingSinceMs: null,
    failedAttempts: 0,
    waitingBatches: 40,
  });
  await p.pass(4 * HOUR);
  await p.tryAll(() => broken("unreadable"));
  expect(await statsOf(id)).toMatchObject({ expiredBatches: 40, waitingBatches: 0, failedAttempts: 0 });
  expect(await p.audit()).toEqual([]);
});

test("what waits for secrets that cannot be opened goes out when they are set anew, and at the latest a minute after they can", async () => {
  const [renewed, restored] = [await p.webhook(), await p.webhook()];
  await p.send([renewed, restored], numbered(10));
  await p.tryAll(() => broken("unreadable"));
  await p.configure(renewed, {}, true);
  expect(await p.tryAll(() => OK)).toHaveLength(10);
  expect(await statsOf(renewed)).toMatchObject({ unreadableSinceMs: null, heldUntilMs: null, deliveredBatches: 10 });
  await p.pass(MINUTE);
  expect(await p.tryAll(() => OK)).toHaveLength(10);
  expect(await statsOf(restored)).toMatchObject({ unreadableSinceMs: null, deliveredBatches: 10 });
  expect(await p.audit()).toEqual([]);
});

test("a batch whose text Redis has lost is tried by its own schedule until it expires, and holds nobody up", async () => {
  const id = await p.webhook();
  await p.send([id], numbered(2));
  const [lost] = await p.sealed(id);
  const answer = ({ batch }: { readonly batch: string }): AttemptOutcome => (batch === lost ? broken("lost") : OK);
  let tries = 0;
  for (let minute = 0; minute <= 242; minute++) {
    tries += (await p.tryAll(answer)).filter(({ batch }) => batch === lost).length;
    await p.pass(MINUTE);
  }
  expect(tries).toBe(8);
  expect(await statsOf(id)).toMatchObject({
    deliveredBatches: 1,
    expiredBatches: 1,
    failedAttempts: 0,
    failingSinceMs: null,
  });
  const [records] = await createRecords(redis, p.keys).batches(id, 0, 10);
  expect(records?.map(({ outcome }) => outcome)).toEqual([...Array<string>(8).fill("broken"), "expired"]);
  expect(await p.audit()).toEqual([]);
});

test("a batch whose text is lost can be split, and keeps nothing else of its partition waiting", async () => {
  p = createPartition(redis);
  const [id, other] = [await p.webhook(), await p.webhook()];
  await p.send(
    [id],
    numbered(10).map((text) => text.padEnd(400)),
  );
  const leased = await p.leaseNext();
  for (const key of await redis.keys(p.keys.partition(0).chunk("*"))) await redis.del(key);
  await p.finish(leased, answered(413));
  await p.send([other], numbered(10));
  const tried = await p.tryAll(({ webhook }) => (webhook === id ? broken("lost") : OK));
  expect(tried.map(({ webhook }) => webhook).toSorted()).toEqual([id, id, other].toSorted());
  await p.pass(5 * HOUR);
  await p.tryAll(() => broken("lost"));
  expect(await statsOf(id)).toMatchObject({ expiredBatches: 2, backlogEvents: 0 });
});

test("probes of a failing webhook pass over batches whose text is lost", async () => {
  const id = await p.webhook();
  await p.send([id], numbered(8));
  await p.tryAll(() => REFUSED);
  const lost = (await p.sealed(id)).slice(0, 5);
  let isDone = false;
  for (let second = 0; second < 90 && !isDone; second++) {
    await p.pass(1_000);
    const tried = await p.tryAll(({ batch }) => (lost.includes(batch) ? broken("lost") : OK));
    expect(tried.length <= 1 || tried.some(({ batch }) => !lost.includes(batch))).toBe(true);
    isDone = (await statsOf(id))?.failingSinceMs === null;
  }
  expect(isDone).toBe(true);
});
