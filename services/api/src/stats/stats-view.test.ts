import { isTroubled } from "./stats-view.ts";

const AT = "2026-03-02T11:00:00.000Z";
const WORKS = { active: true, paused: false, inactiveReason: null };
const QUIET = { failing_since: null, secrets_unreadable_since: null };

test.each([
  [{}, {}, false],
  [{}, { failing_since: AT }, true],
  [{}, { secrets_unreadable_since: AT }, true],
  // What somebody paused or switched off needs nobody.
  [{ paused: true }, { failing_since: AT }, false],
  [{ paused: true }, { secrets_unreadable_since: AT }, true],
  [{ active: false }, { failing_since: AT, secrets_unreadable_since: AT }, false],
  [{ active: false, inactiveReason: "its target answered 410" }, {}, true],
])("a webhook that is %j and %j needs somebody: %s", (webhook, view, expected) => {
  expect(isTroubled({ webhook: { ...WORKS, ...webhook }, view: { ...QUIET, ...view } })).toBe(expected);
});
