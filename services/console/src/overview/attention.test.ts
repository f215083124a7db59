import { statsView as row } from "../testing/sample-views.ts";
import { findAttention } from "./attention.ts";

const AT = "2026-03-02T11:00:00.000Z";

test("those that do not deliver are found, the largest back-log first", () => {
  const found = findAttention(
    [
      row("a", {}),
      row("b", { trouble: "failing", failing_since: AT, backlog_events: 5, expired_batches: 2, overflowed_batches: 1 }),
      row("c", { trouble: "switched-off", inactive_reason: "410 three times", last_failure_at: AT }),
      row("d", { trouble: "secrets", secrets_unreadable_since: AT, failing_since: AT, backlog_events: 9 }),
    ],
    [{ id: "b", target: "https://b.example.com" }],
  );
  expect(found.map(({ id, kind, since, detail }) => [id, kind, since, detail])).toEqual([
    ["d", "secrets", AT, expect.stringContaining("POSTHORN_SECRET")],
    ["b", "failing", AT, "https://b.example.com"],
    ["c", "switched-off", AT, "410 three times"],
  ]);
  expect(found.map((item) => item.lostBatches)).toEqual([0, 3, 0]);
});

test("what the API says is in no trouble needs nobody, whatever else is known of it", () => {
  expect(findAttention([row("a", { active: false, failing_since: AT, inactive_reason: "410" })], [])).toEqual([]);
});

test("of an API that does not say yet who is in trouble, those that fail are found, and nothing of the others", () => {
  const rows = [row("a", {}), row("b", { failing_since: AT }), row("c", { failing_since: AT, paused: true })];
  const older = rows.map((told) => ({ ...told, trouble: undefined }));
  expect(findAttention(older, []).map(({ id, kind }) => [id, kind])).toEqual([["b", "failing"]]);
});
