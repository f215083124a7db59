import type { BacklogRow } from "@posthorn/store";
import type { WebhookId } from "@posthorn/core";
import { foldBacklogs } from "./fold-backlogs.ts";

const row = (webhook: string, events: number, ageS: number, isFailing = false): BacklogRow => ({
  webhook: webhook as WebhookId,
  batches: 1,
  events,
  bytes: events * 100,
  oldestAtMs: 1_000_000 - ageS * 1_000,
  isFailing,
});
const NOTHING = { webhooks: 0, bytes: 0 };

test("the largest have their own series, the rest is other, and all of them are counted", () => {
  const rows = [row("a", 30, 5, true), row("b", 20, 60), row("c", 10, 1), row("d", 5, 7, true)];
  const { all, byWebhook, failingWebhooks } = foldBacklogs(
    { rows, untold: { webhooks: 3, bytes: 50 }, openBatches: 1 },
    { nowMs: 1_000_000, shown: 2 },
  );
  expect([...byWebhook.keys()]).toEqual(["a", "b", "other"]);
  expect(byWebhook.get("other")).toEqual({ batches: 2, events: 15, bytes: 1_550, oldestAgeSeconds: 7 });
  expect(all).toEqual({ batches: 4, events: 65, bytes: 6_550, oldestAgeSeconds: 60 });
  expect(failingWebhooks).toBe(2);
});

test("where nothing waits the age is 0, and there is no other", () => {
  const folded = foldBacklogs({ rows: [], untold: NOTHING, openBatches: 0 }, { nowMs: 1, shown: 2 });
  expect(folded.all).toEqual({ batches: 0, events: 0, bytes: 0, oldestAgeSeconds: 0 });
  expect([...folded.byWebhook]).toEqual([]);
  const exactly = foldBacklogs({ rows: [row("a", 1, 1)], untold: NOTHING, openBatches: 0 }, { nowMs: 1, shown: 1 });
  expect([...exactly.byWebhook.keys()]).toEqual(["a"]);
});

test("a clock that was set back makes no negative age", () => {
  const { all } = foldBacklogs(
    { rows: [row("a", 1, -50)], untold: NOTHING, openBatches: 0 },
    { nowMs: 1_000_000, shown: 1 },
  );
  expect(all.oldestAgeSeconds).toBe(0);
});
