import { MASK, NEW_WEBHOOK } from "./form-values.ts";
import type { WebhookFormValues } from "./form-values.ts";
import { meanwhileWords } from "./meanwhile-words.ts";

const known = ["bounce", "click", "open"];
const before = { ...NEW_WEBHOOK, name: "CRM", target: "https://a.example.com" };

test("what two people change is told, with what it is now", () => {
  const now = { ...before, name: "A", active: false, eventChoice: "chosen", events: ["open"] } as const;
  const values = { ...before, name: "B", active: true, eventChoice: "chosen", events: ["click"] } as const;
  expect(meanwhileWords({ before, now, values, known })).toBe(
    "It was changed meanwhile: Name is now A; Events was changed. Saving replaces that.",
  );
});

test("what only one of them changes is safe, and so is what both change alike", () => {
  const now = { ...before, name: "A", rateLimit: 60 };
  const values = { ...before, target: "https://b.example.com", rateLimit: 60 };
  expect(meanwhileWords({ before, now, values, known })).toBeUndefined();
});

test("a field that was emptied, or is a switch, is told in a word", () => {
  const open = { ...before, rateLimit: 60 };
  const now = { ...open, rateLimit: "", paused: true };
  expect(meanwhileWords({ before: open, now, values: { ...open, rateLimit: 30 }, known })).toContain(
    "Attempts per minute is now empty",
  );
});

test("a webhook that was deleted is told, whatever is in the form", () => {
  expect(meanwhileWords({ before, now: undefined, values: before, known })).toBe("The webhook was deleted meanwhile.");
});

const OAUTH: Partial<WebhookFormValues> = {
  authType: "oauth2",
  tokenUrl: "https://old.example.com/token",
  clientId: "crm",
  clientSecret: MASK,
};
const BASIC: Partial<WebhookFormValues> = { authType: "basic", username: "ada", password: MASK };
const SUBACCOUNT: Partial<WebhookFormValues> = { scope: "subaccount", subaccount: 7 };

test.each<[string, Partial<WebhookFormValues>, Partial<WebhookFormValues>, Partial<WebhookFormValues>, string]>([
  [
    "a token request",
    OAUTH,
    { tokenUrl: "https://new.example.com" },
    { clientId: "crm-2" },
    "Token URL is now https://new.example.com",
  ],
  ["a login", BASIC, { username: "bob" }, { password: "pw" }, "User name is now bob"],
  ["a login that is switched off", BASIC, { username: "bob" }, { authType: "none" }, "User name is now bob"],
  ["a scope", SUBACCOUNT, { subaccount: 8 }, { scope: "primary" }, "Subaccount is now 8"],
  [
    "exceptions",
    { exceptions: ["4"] },
    { exceptions: ["4", "9"] },
    { scope: "primary" },
    "Except these subaccounts was changed",
  ],
])(
  "what goes out in one piece is told, though each changes another part of it: %s",
  (_, stored, theirs, mine, words) => {
    const open = { ...before, ...stored };
    const now = { ...open, ...theirs };
    expect(meanwhileWords({ before: open, now, values: { ...open, ...mine }, known })).toBe(
      `It was changed meanwhile: ${words}. Saving replaces that.`,
    );
  },
);

test("of what goes out in one piece, a part that both change alike is safe", () => {
  const open = { ...before, ...OAUTH };
  const now = { ...open, tokenUrl: "https://new.example.com" };
  expect(meanwhileWords({ before: open, now, values: { ...now, clientId: "crm-2" }, known })).toBeUndefined();
});
