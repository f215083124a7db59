import fc from "fast-check";
import { CLOCK_JUMP_MIN_MS, clockJumpMs, expectedClockMs } from "./clock-jump.ts";
import type { ClockReading } from "./clock-jump.ts";

const HOUR = 3_600_000;

/** A reading of a clock that is `offsetMs` ahead of ours; the answer came `thereMs` after the question, and lay for `backMs`. */
function reading(askedAtMs: number, offsetMs: number, thereMs = 1, backMs = 1): ClockReading {
  return { clockMs: askedAtMs + thereMs + offsetMs, askedAtMs, heardAtMs: askedAtMs + thereMs + backMs };
}

test("a clock that runs on has not jumped, however late its answers are", () => {
  const late = fc.nat({ max: 10 * HOUR });
  fc.assert(
    fc.property(late, late, late, late, late, (a, b, c, d, pauseMs) => {
      const before = reading(5, HOUR, a, b);
      const after = reading(before.heardAtMs + pauseMs, HOUR, c, d);
      expect(clockJumpMs(before, after)).toBe(0);
    }),
  );
});

test("a jump of an hour is seen, forward and back, also a day after the reading before", () => {
  for (const jumpMs of [HOUR, -HOUR]) {
    const jumped = clockJumpMs(reading(0, 0), reading(24 * HOUR, jumpMs));
    expect(Math.abs(jumped - jumpMs)).toBeLessThan(10);
  }
});

test("a jump that answers of a few seconds may hide in part is seen all the same", () => {
  const jumped = clockJumpMs(reading(0, 0, 2_000, 2_000), reading(10_000, HOUR, 2_000, 2_000));
  expect(jumped).toBeGreaterThan(HOUR - 5_000);
  expect(jumped).toBeLessThanOrEqual(HOUR);
});

test("a clock that is set right by seconds has not jumped", () => {
  const byMs = CLOCK_JUMP_MIN_MS - 10;
  expect(clockJumpMs(reading(0, 0), reading(200, byMs))).toBe(0);
  expect(clockJumpMs(reading(0, 0), reading(200, -byMs))).toBe(0);
});

test("what the clock shows is counted on from the middle of the reading", () => {
  expect(expectedClockMs({ clockMs: 1_000, askedAtMs: 10, heardAtMs: 30 }, 120)).toBe(1_100);
});
