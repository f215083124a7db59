import { meanwhileWords } from "./meanwhile-words.ts";
import { NEW_WEBHOOK } from "./form-values.ts";

const before = { ...NEW_WEBHOOK, name: "CRM", target: "https://a.example.com" };

test("what two people change is told, with what it is now", () => {
  const now = { ...before, name: "A", active: false, events: ["open"] };
  const values = { ...before, name: "B", active: true, events: ["click"] };
  expect(meanwhileWords({ before, now, values })).toBe(
    "It was changed meanwhile: Name is now A; Events was changed. Saving replaces that.",
  );
});

test("what only one of them changes is safe, and so is what both change alike", () => {
  const now = { ...before, name: "A", rateLimit: 60 };
  const values = { ...before, target: "https://b.example.com", rateLimit: 60 };
  expect(meanwhileWords({ before, now, values })).toBeUndefined();
});

test("a field that was emptied, or is a switch, is told in a word", () => {
  const open = { ...before, rateLimit: 60 };
  const now = { ...open, rateLimit: "", paused: true };
  expect(meanwhileWords({ before: open, now, values: { ...open, rateLimit: 30 } })).toContain(
    "Attempts per minute is now empty",
  );
});

test("a webhook that was deleted is told, whatever is in the form", () => {
  expect(meanwhileWords({ before, now: undefined, values: before })).toBe("The webhook was deleted meanwhile.");
});
