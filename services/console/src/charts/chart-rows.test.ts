import { chartRows, clockTicks, isAlone, isBlank, isFlat, withoutCurrent } from "./chart-rows.ts";

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

test("a value between gaps stands alone, also at an end", () => {
  const rows = chartRows(VIEW, { a: [1, null, 2, null, 3, 4] });
  expect(rows.map((_, index) => isAlone(rows, "a", index))).toEqual([true, false, true, false, false, false]);
});

test("an hour has its quarters written below it, a day every fourth hour", () => {
  const clock = (ticks: number[]): string[] => ticks.map((at) => new Date(at).toTimeString().slice(0, 5));
  const hour = { from: new Date(2026, 2, 2, 11, 2).toISOString(), step_ms: 60_000 };
  expect(clock(clockTicks(chartRows(hour, { a: Array(60).fill(1) }), 60_000))).toEqual([
    "11:15",
    "11:30",
    "11:45",
    // 12:00 would reach over the edge.
  ]);
  const day = { from: new Date(2026, 2, 2, 11, 15).toISOString(), step_ms: 900_000 };
  expect(clock(clockTicks(chartRows(day, { a: Array(96).fill(1) }), 900_000))).toEqual([
    "12:00",
    "16:00",
    "20:00",
    "00:00",
    "04:00",
    "08:00",
  ]);
});

test("zeros are flat, and only gaps are blank", () => {
  expect(isBlank(chartRows(VIEW, { a: [null, null] }))).toBe(true);
  expect(isBlank(chartRows(VIEW, { a: [0, null] }))).toBe(false);
  expect(isFlat(chartRows(VIEW, { a: [0, null], b: [0, 0] }))).toBe(true);
  expect(isFlat(chartRows(VIEW, { a: [0, 0], b: [0, 1] }))).toBe(false);
});
