import { statusMeaning, webhookStatus } from "./webhook-status.ts";
import type { StatusFacts } from "./webhook-status.ts";

const NOW = Date.parse("2026-03-02T12:00:00Z");
const hoursAgo = (hours: number): string => new Date(NOW - hours * 3_600_000).toISOString();

const QUIET: StatusFacts = {
  active: true,
  paused: false,
  failing_since: null,
  last_success_at: null,
  last_failure_at: null,
};

test.each<[string, Partial<StatusFacts>, string]>([
  ["nothing was ever tried", {}, "pending"],
  ["nothing was tried for a day", { last_success_at: hoursAgo(25), last_failure_at: hoursAgo(24) }, "pending"],
  ["only successes in the last day", { last_success_at: hoursAgo(1), last_failure_at: hoursAgo(24.1) }, "ok"],
  ["one failure in the last day", { last_success_at: hoursAgo(0), last_failure_at: hoursAgo(23.9) }, "failed"],
  ["everything is refused", { failing_since: hoursAgo(1), last_failure_at: hoursAgo(0) }, "failing"],
  ["a paused one that was failing", { paused: true, failing_since: hoursAgo(1) }, "paused"],
  [
    "an inactive one that was paused and failing",
    { active: false, paused: true, failing_since: hoursAgo(1) },
    "inactive",
  ],
])("%s", (_, facts, status) => {
  expect(webhookStatus({ ...QUIET, ...facts }, NOW)).toBe(status);
});

test("what failed within a day and works again is told so", () => {
  const repaired = { last_success_at: hoursAgo(1), last_failure_at: hoursAgo(2) };
  expect(statusMeaning("failed", repaired)).toContain("the last attempt succeeded");
  const broken = { last_success_at: hoursAgo(2), last_failure_at: hoursAgo(1) };
  for (const meaning of [statusMeaning("failed", broken), statusMeaning("failed", undefined)]) {
    expect(meaning).not.toContain("the last attempt succeeded");
  }
  expect(statusMeaning("ok", repaired)).toContain("Every attempt");
});
