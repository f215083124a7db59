import { parseRetryAfterMs } from "./retry-after.ts";

const NOW_MS = Date.parse("2026-01-02T03:04:05Z");

test.each([
  ["120", 120_000],
  ["0", 0],
  [" 7 ", 7_000],
  ["-5", 0],
  ["Fri, 02 Jan 2026 03:05:05 GMT", 60_000],
  ["Friday, 02-Jan-26 03:05:05 GMT", 60_000],
  ["Fri Jan  2 03:05:05 2026", 60_000],
  ["Fri, 02 Jan 2026 03:00:00 GMT", 0],
  ["9".repeat(30), Number.MAX_SAFE_INTEGER],
])("%j is read as %d ms", (header, delayMs) => {
  expect(parseRetryAfterMs(header, NOW_MS)).toBe(delayMs);
});

test.each([
  undefined,
  "",
  "  ",
  "soon",
  "1.5",
  "1e3",
  "12 minutes",
  "--5",
  "2026-01-02",
  "Fri",
  "Maybe 5",
  "120, 60",
  "Fri, 02 Jan 2026 03:05:05",
  "Fri, 99 Jan 2026 03:05:05 GMT",
  "9".repeat(20_000) + "x",
])("%j asks for nothing", (header) => {
  expect(parseRetryAfterMs(header, NOW_MS)).toBeUndefined();
});
