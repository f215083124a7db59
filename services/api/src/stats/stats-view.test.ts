import { troubleOf } from "./stats-view.ts";

const AT = Date.parse("2026-03-02T11:00:00.000Z");
const WORKS = { active: true, paused: false, inactiveReason: null };
const QUIET = { failingSinceMs: null, unreadableSinceMs: null };

test.each([
  [{}, {}, null],
  [{}, { failingSinceMs: AT }, "failing"],
  [{}, { failingSinceMs: AT, unreadableSinceMs: AT }, "secrets"],
  // What somebody paused or switched off needs nobody.
  [{ paused: true }, { failingSinceMs: AT }, null],
  [{ paused: true }, { unreadableSinceMs: AT }, "secrets"],
  [{ active: false }, { failingSinceMs: AT, unreadableSinceMs: AT }, null],
  [{ active: false, inactiveReason: "its target answered 410" }, {}, "switched-off"],
])("a webhook that is %j and %j has this trouble: %s", (webhook, stats, expected) => {
  expect(troubleOf({ webhook: { ...WORKS, ...webhook }, stats: { ...QUIET, ...stats } })).toBe(expected);
});
