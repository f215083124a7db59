import { usableForMs } from "./token-life.ts";

test.each([
  [3_600, 3_600_000, 3_570_000],
  [3_600, 30_000, 0],
  [3_600, 29_999, -1],
  [300, 300_000, 270_000],
  [60, 60_000, 54_000],
  [1, 1_000, 900],
  [1, 100, 0],
  [60, -2, -6_002],
])("a token of %d s with %d ms left is used for %d ms more", (expiresInS, leftMs, expected) => {
  expect(usableForMs({ expiresInS, leftMs })).toBe(expected);
});
