import type { Flow } from "@posthorn/api/views";
import { peakOf, ratePerMinute, successShares, summariseFlow } from "./series-summary.ts";

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

test("the rate is that of the last whole minutes, not of the current one", () => {
  expect(ratePerMinute([600, 10, 20, 30, 40, 50, 999], 60_000)).toBe(30);
  expect(ratePerMinute([10, 20, 0], 60_000)).toBe(15);
  expect(ratePerMinute([1_500, 3_000, 7], 900_000)).toBe(200);
  expect(ratePerMinute([5], 60_000)).toBe(0);
});

test("a peak is told only when there is one", () => {
  expect(peakOf([0, 7, 3, 7])).toEqual({ value: 7, index: 1 });
  expect(peakOf([0, 0])).toBeUndefined();
  expect(peakOf([])).toBeUndefined();
});
