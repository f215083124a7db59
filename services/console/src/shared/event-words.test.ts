import { eventWords } from "./event-words.ts";

test.each([
  [[], undefined, "No event types"],
  [["open"], 27, "open"],
  [["open", "click"], 27, "open, click"],
  [["open", "click", "bounce", "delay"], 27, "open and 3 more"],
  [["open", "click"], 2, "All 2 event types"],
])("%j of %s types reads %s", (events, known, text) => {
  expect(eventWords(events, known)).toBe(text);
});
