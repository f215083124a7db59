import { countdown, duration, relativeTime } from "./format-time.ts";

const NOW = Date.parse("2026-03-02T12:00:00Z");
const SECOND = 1_000;
const HOUR = 3_600_000;

test.each([
  [0, "just now"],
  [-2.9 * SECOND, "just now"],
  [-3 * SECOND, "3 sec. ago"],
  [-59.9 * SECOND, "59 sec. ago"],
  [-60 * SECOND, "1 min. ago"],
  [-HOUR + 1, "59 min. ago"],
  [-47.9 * HOUR, "47 hr. ago"],
  [-48 * HOUR, "2 days ago"],
  [90 * SECOND, "in 1 min."],
  [4 * HOUR, "in 4 hr."],
])("%d ms from now is %s", (distanceMs, text) => {
  expect(relativeTime(NOW + distanceMs, NOW)).toBe(text);
});

test.each([
  [-5 * SECOND, "due"],
  [0, "due"],
  [1, "0:01"],
  [7 * SECOND, "0:07"],
  [187 * SECOND, "3:07"],
  [599.5 * SECOND, "10:00"],
  [HOUR - 1, "1:00:00"],
  [HOUR + 165 * SECOND, "1:02:45"],
  [30 * HOUR, "30:00:00"],
])("the countdown over %d ms reads %s", (leftMs, text) => {
  expect(countdown(NOW + leftMs, NOW)).toBe(text);
});

test.each([
  [0, "0 ms"],
  [850.4, "850 ms"],
  [1_000, "1 s"],
  [1_540, "1.5 s"],
  [42_900, "42 s"],
  [60_000, "1 min"],
  [185_000, "3 min 5 s"],
  [3_599_000, "59 min"],
  [7_500_000, "2 h 5 min"],
  [30 * HOUR, "30 h"],
  [72 * HOUR, "3 d"],
])("%d ms last %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});
