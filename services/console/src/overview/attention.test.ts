import { statsView as row } from "../testing/sample-views.ts";
import { findAttention } from "./attention.ts";

const AT = "2026-03-02T11:00:00.000Z";

test("those that do not deliver are found, the largest back-log first", () => {
  const found = findAttention(
    [
      row("a", {}),
      row("b", { failing_since: AT, backlog_events: 5 }),
      row("c", { active: false, last_failure_at: AT }),
      row("d", { secrets_unreadable_since: AT, failing_since: AT, backlog_events: 9 }),
    ],
    [{ id: "c", target: "https://c.example.com", inactive_reason: "410 three times" }],
  );
  expect(found.map(({ id, kind, since }) => [id, kind, since])).toEqual([
    ["d", "secrets", AT],
    ["b", "failing", AT],
    ["c", "switched-off", AT],
  ]);
  expect(found[2]?.detail).toBe("410 three times");
});

test("what somebody switched off or paused needs nobody", () => {
  const stats = [row("a", { active: false, failing_since: AT }), row("b", { paused: true, failing_since: AT })];
  expect(findAttention(stats, [{ id: "a", target: "https://a.example.com", inactive_reason: null }])).toEqual([]);
});
