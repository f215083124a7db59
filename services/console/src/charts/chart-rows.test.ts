import { chartRows, isFlat, withoutCurrent } from "./chart-rows.ts";

const VIEW = { from: "2026-03-02T11:00:00.000Z", step_ms: 60_000 };
const FROM = Date.parse(VIEW.from);

test("columns become rows with the times of their steps", () => {
  expect(chartRows(VIEW, { a: [1, null], b: [3, 4] })).toEqual([
    { at: FROM, a: 1, b: 3 },
    { at: FROM + 60_000, a: null, b: 4 },
  ]);
  expect(chartRows(VIEW, {})).toEqual([]);
});

test("the step that is not over is left out of lines", () => {
  expect(withoutCurrent([5, 6, 2])).toEqual([5, 6, null]);
});

test("only zeros and gaps are nothing to draw", () => {
  expect(isFlat(chartRows(VIEW, { a: [0, null], b: [0, 0] }))).toBe(true);
  expect(isFlat(chartRows(VIEW, { a: [0, 0], b: [0, 1] }))).toBe(false);
});
