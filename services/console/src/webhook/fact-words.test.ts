import { authenticationWords, signingWords, subaccountWords } from "./fact-words.ts";

const NONE = { auth_type: "none", auth_token: "", auth_credentials: {}, auth_request_details: {} } as const;

test("authentication is told without its secrets", () => {
  expect(authenticationWords(NONE)).toBe("none");
  expect(authenticationWords({ ...NONE, auth_token: "********" })).toBe("token");
  const credentials = { username: "eve", password: "********" };
  expect(authenticationWords({ ...NONE, auth_type: "basic", auth_credentials: credentials })).toBe("Basic, as eve");
  const details = { url: "https://id.example.com/token", body: {} };
  expect(
    authenticationWords({ ...NONE, auth_type: "oauth2", auth_token: "********", auth_request_details: details }),
  ).toBe("OAuth 2, by https://id.example.com/token, and token");
});

test("the account may be all, the primary one, or a subaccount", () => {
  expect(subaccountWords({})).toBe("all accounts");
  expect(subaccountWords({ exception_subaccounts: ["3", "4"] })).toBe("all accounts but 3, 4");
  expect(subaccountWords({ subaccount_id: 0 })).toBe("the primary account");
  expect(subaccountWords({ subaccount_id: 7 })).toBe("subaccount 7");
});

test("a rotation of the signing secret is told while both sign", () => {
  expect(signingWords({ enabled: false })).toBe("off");
  expect(signingWords({ enabled: true })).toBe("on");
  expect(signingWords({ enabled: true, previous_until: "2026-03-02T12:00:00Z" })).toMatch(/^on; .* until .*2026/);
});
