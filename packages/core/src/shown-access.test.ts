import { MASK } from "./mask.ts";
import { shownAccess } from "./shown-access.ts";
import { DEFAULT_SETTINGS } from "./webhook-settings.ts";
import type { WebhookSettings } from "./webhook-settings.ts";

const BEFORE: WebhookSettings = {
  ...DEFAULT_SETTINGS,
  target: "https://example.com/",
  authToken: "stored-token",
  auth: { kind: "basic", username: "ada", password: "stored-password" },
  customHeaders: { "X-Known": "stored-header" },
  signing: { secret: "whsec_stored", previous: null },
};

test("secrets that were stored before are masked", () => {
  expect(shownAccess(BEFORE, BEFORE)).toEqual({
    target: "https://example.com/",
    authToken: MASK,
    auth: { kind: "basic", username: "ada", password: MASK },
    customHeaders: { "X-Known": MASK },
    signingSecrets: [MASK],
  });
});

test("what somebody has just set is shown as they set it, but for what signs and OAuth2's details", () => {
  const after: WebhookSettings = {
    ...BEFORE,
    authToken: "new-token",
    auth: { kind: "oauth2", url: "https://example.com/token", body: { client_secret: "new" } },
    customHeaders: { "X-Known": "stored-header", "X-New": "new-header" },
    tlsCa: "PEM",
  };
  expect(shownAccess(after, BEFORE)).toEqual({
    target: "https://example.com/",
    authToken: "new-token",
    auth: { kind: "oauth2", url: "https://example.com/token", body: {}, tokenKey: "" },
    customHeaders: { "X-Known": MASK, "X-New": "new-header" },
    signingSecrets: [MASK],
    tlsCa: "PEM",
  });
});
