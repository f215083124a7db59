import { fillLevel } from "./fill-level.ts";

test.each([
  [0, 0, "good"],
  [74, 0.74, "good"],
  [75, 0.75, "warn"],
  [90, 0.9, "bad"],
  [130, 1.3, "bad"],
])("%d of 100 is a share of %d, which is %s", (used, share, tone) => {
  expect(fillLevel(used, 100)).toEqual({ share, tone });
});

test("without a limit there is no level", () => {
  expect(fillLevel(5, null)).toBeUndefined();
  expect(fillLevel(5, 0)).toBeUndefined();
});
