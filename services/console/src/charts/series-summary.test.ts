import type { Flow } from "@posthorn/api/views";
import { peakOf, ratePerMinute, rateUnit, successShares, summariseFlow } from "./series-summary.ts";

const FLOW: Flow = {
  events_in: [100, 0, 50],
  events_out: [90, 0, 40],
  batches_out: [3, 0, 1],
  failed_attempts: [1, 0, 3],
  latency_avg_ms: [100, null, 300],
  latency_max_ms: [250, null, 6_000],
};
const QUIET: Flow = {
  events_in: [0, 0],
  events_out: [0, 0],
  batches_out: [0, 0],
  failed_attempts: [0, 0],
  latency_avg_ms: [null, null],
  latency_max_ms: [null, null],
};

test("a window is summed up with averages by the number of attempts", () => {
  expect(summariseFlow(FLOW)).toEqual({
    eventsIn: 150,
    eventsOut: 130,
    batchesOut: 4,
    failedAttempts: 4,
    successShare: 0.5,
    latencyAvgMs: 200,
    latencyMaxMs: 6_000,
  });
});

test("where nothing was tried there is no share and no latency", () => {
  expect(summariseFlow(QUIET)).toMatchObject({ successShare: null, latencyAvgMs: null, latencyMaxMs: null });
  expect(successShares(FLOW)).toEqual([0.75, null, 0.25]);
});

const FROM_MS = Date.parse("2026-03-02T11:00:00Z");
/** A view of so many steps, the current one of which has come so far. */
const viewOf = (steps: number, stepMs: number, elapsedMs: number) => ({
  from: new Date(FROM_MS).toISOString(),
  to: new Date(FROM_MS + (steps - 1) * stepMs + elapsedMs).toISOString(),
  step_ms: stepMs,
});

test.each([
  ["has just begun with nothing before", [0, 0, 600], 35_000, 600],
  ["goes on at the same pace", [1_200, 1_200, 600], 35_000, 1_200],
  ["goes on, and the last seconds are not written yet", [1_200, 1_200, 500], 30_000, 1_200],
  ["goes on, and the new minute has nothing yet", [1_200, 1_100, 0], 0, 1_200],
  ["has ended half a minute ago", [1_200, 1_200, 0], 35_000, 600],
])("the rate is that of the last minute: what %s", (_, values, elapsedMs, expected) => {
  expect(ratePerMinute(values, viewOf(values.length, 60_000, elapsedMs))).toBeCloseTo(expected);
});

test("where the steps are longer, so is the time that a rate is of, and it says so", () => {
  const view = viewOf(3, 900_000, 455_000);
  expect(ratePerMinute([0, 3_000, 1_500], view)).toBeCloseTo(200);
  expect(rateUnit(view)).toBe("/ min in 15 min");
  expect(rateUnit(viewOf(1, 60_000, 0))).toBe("/ min");
  expect(ratePerMinute([], view)).toBe(0);
});

test("a peak is told only when there is one", () => {
  expect(peakOf([0, 7, 3, 7])).toEqual({ value: 7, index: 1 });
  expect(peakOf([0, 0])).toBeUndefined();
  expect(peakOf([])).toBeUndefined();
});
