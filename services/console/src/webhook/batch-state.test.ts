import { BATCH_STATES as IN_STORE } from "@posthorn/store";
import { BATCH_STATES, batchOptions, stateFilter, stateMeaning, untriedWords } from "./batch-state.ts";

const WORKING = { isTried: true };

test("the list can be narrowed to each state that there is", () => {
  expect(BATCH_STATES).toEqual(IN_STORE);
  for (const state of IN_STORE) expect(stateFilter(state).states).toEqual([state]);
});

test("an unknown filter is all batches", () => {
  expect(stateFilter("nonsense").states).toEqual([]);
  expect(stateFilter(null).value).toBe("all");
  expect(stateFilter("undelivered").states).toContain("paused");
});

test("only what the API would not refuse is offered", () => {
  expect(batchOptions("waiting", WORKING)).toEqual({ retry: true, pause: true, resume: false, discard: true });
  expect(batchOptions("paused", WORKING)).toEqual({ retry: true, pause: false, resume: true, discard: true });
  expect(batchOptions("in_flight", WORKING)).toEqual({ retry: false, pause: true, resume: false, discard: false });
  expect(batchOptions("waiting", { isTried: false }).retry).toBe(false);
  expect(batchOptions("paused", { isTried: false }).retry).toBe(false);
  for (const state of ["open", "delivered", "expired", "overflowed", "discarded", "split"] as const) {
    expect(Object.values(batchOptions(state, WORKING))).toEqual([false, false, false, false]);
  }
});

test("a batch that ended without an attempt is not said to be refused, nor to be tried yet", () => {
  expect(stateMeaning({ state: "expired", attempts: 0 })).toContain("never tried");
  expect(stateMeaning({ state: "expired", attempts: 3 })).toContain("did not take it in time");
  expect(untriedWords("expired")).toBe("never tried");
  expect(untriedWords("waiting")).toBe("not tried yet");
  expect(untriedWords("delivered")).toBe("taken at once");
});
