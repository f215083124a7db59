import { situationOf } from "./situation.ts";

const AT = "2026-03-02T11:00:00.000Z";
const WORKING = { active: true, paused: false };

test("a webhook is tried unless it is inactive, or it or everything is paused", () => {
  expect(situationOf(WORKING, undefined, undefined)).toEqual({ isTried: true, isFailing: false });
  expect(situationOf({ ...WORKING, active: false }, undefined, undefined).isTried).toBe(false);
  expect(situationOf({ ...WORKING, paused: true }, undefined, undefined).isTried).toBe(false);
  expect(situationOf(WORKING, undefined, { paused_since: AT }).isTried).toBe(false);
});

test("only one that is tried is failing", () => {
  expect(situationOf(WORKING, { failing_since: AT }, { paused_since: null }).isFailing).toBe(true);
  expect(situationOf(WORKING, { failing_since: AT }, { paused_since: AT }).isFailing).toBe(false);
});
