import type { StatsView, WebhookStatsView } from "@posthorn/api/views";
import { statsView as row } from "../testing/sample-views.ts";
import { latestStats, NOTHING_HEARD } from "./latest-stats.ts";
import type { LatestStats } from "./latest-stats.ts";

const heard = (...webhooks: readonly WebhookStatsView[]) => ({ webhooks }) as unknown as StatsView;
const at = (dataUpdatedAt: number, data: StatsView) => ({ data, dataUpdatedAt });
const NOTHING_SHOWN = { data: undefined, dataUpdatedAt: 0 };
const events = ({ byId }: LatestStats) => [...byId.values()].map(({ id, backlog_events }) => [id, backlog_events]);

const ALL = heard(row("a", { backlog_events: 1 }), row("b", { backlog_events: 1 }));
const FIRST = at(10, heard(row("a", { backlog_events: 2 })));

test("what is heard of those on the page counts before what was heard of all, and stays when they leave it", () => {
  const known = latestStats(latestStats(NOTHING_HEARD, ALL, NOTHING_SHOWN), ALL, FIRST);
  expect(events(known)).toEqual([
    ["a", 2],
    ["b", 1],
  ]);
  expect(latestStats(known, ALL, NOTHING_SHOWN)).toBe(known);
  const next = latestStats(known, ALL, at(20, heard(row("b", { backlog_events: 3 }))));
  expect(events(next)).toEqual([
    ["a", 2],
    ["b", 3],
  ]);
});

test("what was heard of a page before another one changes nothing any more", () => {
  const known = latestStats(NOTHING_HEARD, ALL, at(20, heard(row("b", { backlog_events: 3 }))));
  expect(latestStats(known, ALL, FIRST)).toBe(known);
});

test("what is heard of all takes the place of everything but of what was heard of the page", () => {
  const known = latestStats(NOTHING_HEARD, ALL, FIRST);
  const next = latestStats(known, heard(row("b", { backlog_events: 9 }), row("a")), FIRST);
  expect(events(next)).toEqual([
    ["b", 9],
    ["a", 2],
  ]);
});

test("nothing is drawn anew while nothing was heard", () => {
  const known = latestStats(NOTHING_HEARD, ALL, FIRST);
  expect(latestStats(known, ALL, FIRST)).toBe(known);
});
