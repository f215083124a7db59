import type { WebhookId } from "@posthorn/core";
import type { WebhookStats } from "@posthorn/store";
import { createRecentStats, STATS_KEPT_MS } from "./recent-stats.ts";
import type { ReadRecentStats } from "./recent-stats.ts";

const webhook = (n: number) => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}` as WebhookId,
  partition: 0,
  createdAtMs: 0,
});
const [A, B, C] = [webhook(1), webhook(2), webhook(3)] as const;

let nowMs: number;
let tookMs: number;
let isAway: boolean;
/** The ids of each reading, the newest last. */
let readings: (readonly WebhookId[])[];
let recent: ReadRecentStats;
/** How many of them were under way at the same time, at most. */
let atOnce: number;
beforeEach(() => {
  nowMs = 0;
  tookMs = 1;
  isAway = false;
  readings = [];
  atOnce = 0;
  let underWay = 0;
  recent = createRecentStats({
    readStats: async (webhooks) => {
      readings.push(webhooks.map(({ id }) => id));
      underWay += 1;
      atOnce = Math.max(atOnce, underWay);
      await Promise.resolve();
      nowMs += tookMs;
      underWay -= 1;
      if (isAway) throw new Error("away");
      return webhooks.map(({ id }) => ({ id, openEvents: readings.length }) as WebhookStats);
    },
    monotonicMs: () => nowMs,
  });
});

test("however many ask, a webhook is read once, and anew when that is two seconds ago", async () => {
  const asked = await Promise.all(Array.from({ length: 50 }, () => recent([A, B])));
  expect(readings).toEqual([[A.id, B.id]]);
  expect(asked.every(([a, b]) => a?.id === A.id && b?.id === B.id)).toBe(true);
  nowMs = STATS_KEPT_MS - 1;
  await recent([B, A]);
  expect(readings).toHaveLength(1);
  nowMs = STATS_KEPT_MS;
  expect((await recent([A, B])).map((row) => row?.openEvents)).toEqual([2, 2]);
});

test("who asks for other webhooks has only those read that nobody has asked for", async () => {
  await recent([A, B]);
  expect((await recent([C, B])).map((row) => row?.id)).toEqual([C.id, B.id]);
  expect(readings).toEqual([[A.id, B.id], [C.id]]);
});

test("a reading that takes long is kept for longer, so that reading takes a tenth of the time at most", async () => {
  tookMs = 1_000;
  await recent([A]);
  nowMs = 10_999;
  await recent([A]);
  expect(readings).toHaveLength(1);
  nowMs = 11_000;
  await recent([A]);
  expect(readings).toHaveLength(2);
});

test("readings of others' webhooks take a tenth of the time together, however many there are", async () => {
  tookMs = 100;
  const forMs = 200_000;
  for (let atMs = 0; atMs < forMs; atMs += 1_000) {
    nowMs = Math.max(nowMs, atMs);
    for (let n = 1; n <= 20; n += 1) await recent([webhook(n)]);
  }
  // What is read for the first time does not rest for those that are not yet.
  const first = 2 * 20;
  expect(readings.length - first).toBeLessThanOrEqual(forMs / 10 / tookMs);
});

test("a moment in which Redis is slow makes nobody's figures older than half a minute, however many look", async () => {
  tookMs = 3_000;
  await Promise.all(Array.from({ length: 20 }, (_, n) => recent([webhook(n)])));
  const slowUntilMs = nowMs;
  tookMs = 1;
  nowMs = slowUntilMs + 30_000;
  for (let n = 0; n < 20; n += 1) await recent([webhook(n)]);
  expect(readings).toHaveLength(40);
});

test("readings wait for each other, also for one that fails", async () => {
  isAway = true;
  const asked = await Promise.allSettled([recent([A]), recent([B])]);
  expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(readings).toEqual([[A.id], [B.id]]);
  expect(atOnce).toBe(1);
});

test("a webhook that was made anew under an id is read anew", async () => {
  await recent([A, B]);
  expect((await recent([{ ...A, createdAtMs: 1 }, B])).map((row) => row?.openEvents)).toEqual([2, 1]);
  await recent([{ ...A, createdAtMs: 1, partition: 1 }]);
  expect(readings).toEqual([[A.id, B.id], [A.id], [A.id]]);
});

test("what could not be read is told to all who asked, and read by who asks next", async () => {
  isAway = true;
  const asked = await Promise.allSettled([recent([A]), recent([A])]);
  expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  isAway = false;
  expect((await recent([A]))[0]?.id).toBe(A.id);
  expect(readings).toHaveLength(2);
});
