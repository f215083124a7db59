import { deathsInRow, restartDelayMs } from "./back-off.ts";

test("a process that dies at once is started again after 100 ms, and ever later up to 2 s", () => {
  expect([1, 2, 3, 4, 5, 6, 60].map(restartDelayMs)).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
});

test("a process that ran well starts from the beginning", () => {
  expect(deathsInRow(5, 100)).toBe(6);
  expect(deathsInRow(5, 60_000)).toBe(1);
});
