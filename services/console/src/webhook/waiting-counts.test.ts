import { waitingWords } from "./waiting-counts.ts";

test.each([
  [{ batches: 0, inFlight: 0, events: 0, openEvents: 0 }, undefined],
  [{ batches: 1, inFlight: 0, events: 1, openEvents: 0 }, "1 batch with 1 event waits"],
  [
    { batches: 11, inFlight: 1, events: 3_400, openEvents: 20 },
    "12 batches with 3,400 events wait, and 20 events are still being collected",
  ],
  [{ batches: 0, inFlight: 0, events: 0, openEvents: 1 }, "1 event is still being collected"],
])("%j is told as %j", (counts, words) => {
  expect(waitingWords(counts)).toBe(words);
});
