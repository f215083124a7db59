import { parseDurationMs, parseSizeBytes } from "./quantities.ts";

test.each([
  ["250ms", 250],
  ["6s", 6_000],
  ["1.5h", 5_400_000],
  [" 4 H ", 14_400_000],
  ["2d", 172_800_000],
  ["6", undefined],
  ["s", undefined],
  ["-6s", undefined],
  ["6s30", undefined],
  ["", undefined],
])("the duration %j is %s ms", (text, expected) => {
  expect(parseDurationMs(text)).toBe(expected);
});

test.each([
  ["10mb", 10_485_760],
  ["256kb", 262_144],
  ["1b", 1],
  ["10m", undefined],
  ["10", undefined],
])("the size %j is %s bytes", (text, expected) => {
  expect(parseSizeBytes(text)).toBe(expected);
});
