import type { WebhookView } from "@posthorn/api/views";
import { MASK, NEW_WEBHOOK, valuesOf } from "./form-values.ts";
import type { WebhookFormValues } from "./form-values.ts";
import { createBody, updateBody } from "./webhook-body.ts";

const KNOWN = ["injection", "delivery", "bounce", "open"];

const STORED: WebhookView = {
  id: "0f3e1c52-57a4-4b1f-8a5e-000000000001",
  name: "CRM",
  target: "https://crm.example.com/hook",
  events: ["bounce", "delivery"],
  auth_type: "none",
  auth_request_details: {},
  auth_credentials: {},
  auth_token: "",
  custom_headers: {},
  active: true,
  paused: false,
  inactive_reason: null,
  concurrency: null,
  rate_limit: null,
  signing: { enabled: false },
  tls_ca: null,
  links: [],
};

const form = (changed: Partial<WebhookView> = {}): WebhookFormValues => valuesOf({ ...STORED, ...changed }, KNOWN);

/** What is sent after `edit` of a webhook. */
const sent = (stored: Partial<WebhookView>, edit: Partial<WebhookFormValues>) =>
  updateBody(form(stored), { ...form(stored), ...edit }, KNOWN);

const BASIC = { auth_type: "basic", auth_credentials: { username: "ada", password: MASK } } as const;
const OAUTH = {
  auth_type: "oauth2",
  auth_request_details: {
    url: "https://login.example.com/token",
    body: { client_id: "posthorn", client_secret: MASK, grant_type: "client_credentials", scope: "a b", ttl: MASK },
  },
} as const;

test.each<Partial<WebhookView>>([
  {},
  { events: KNOWN },
  { events: ["bounce", "acme_gone"] },
  BASIC,
  { auth_type: "basic", auth_credentials: { username: "ada" } },
  OAUTH,
  {
    auth_type: "oauth2",
    auth_request_details: { url: "https://l.example", body: { client_id: 7, nested: { a: [1] } } },
  },
  { auth_type: "oauth2", auth_request_details: { url: "https://l.example", body: { scope: "x" } } },
  { auth_token: MASK, custom_headers: { "x-api-key": MASK, "X-Region": MASK } },
  { subaccount_id: 0 },
  { subaccount_id: 7, paused: true, active: false, concurrency: 2, rate_limit: 60 },
  { exception_subaccounts: ["4", "9"] },
  { signing: { enabled: true, secret: MASK, previous_until: "2026-03-03T21:38:08.000Z" } },
  { tls_ca: "-----BEGIN CERTIFICATE-----\n" },
])("a webhook that is only looked at changes nothing: %j", (stored) => {
  expect(sent(stored, {})).toEqual({});
});

test.each<[string, Partial<WebhookView>, Partial<WebhookFormValues>, object]>([
  ["a name", {}, { name: "CRM 2" }, { name: "CRM 2" }],
  ["every type", {}, { eventChoice: "every" }, { events: KNOWN }],
  ["fewer types", {}, { events: ["delivery"] }, { events: ["delivery"] }],
  ["a token", {}, { authToken: "t0ken" }, { auth_token: "t0ken" }],
  ["no token any more", { auth_token: MASK }, { authToken: "" }, { auth_token: null }],
  [
    "Basic",
    {},
    { authType: "basic", username: "ada", password: "pw" },
    { auth_type: "basic", auth_credentials: { username: "ada", password: "pw" } },
  ],
  ["another user", BASIC, { username: "bob" }, { auth_credentials: { username: "bob", password: MASK } }],
  ["no authorization any more", BASIC, { authType: "none" }, { auth_type: "none" }],
  [
    "another client secret",
    OAUTH,
    { clientSecret: "new" },
    {
      auth_request_details: {
        ...OAUTH.auth_request_details,
        body: { ...OAUTH.auth_request_details.body, client_secret: "new" },
      },
    },
  ],
  [
    "one header more",
    { custom_headers: { "x-api-key": MASK } },
    {
      headers: [
        { name: "x-api-key", value: MASK },
        { name: "x-new", value: "1" },
        { name: "", value: "" },
      ],
    },
    { custom_headers: { "x-api-key": MASK, "x-new": "1" } },
  ],
  ["no headers any more", { custom_headers: { "x-api-key": MASK } }, { headers: [] }, { custom_headers: {} }],
  ["a signature", {}, { isSigned: true }, { signing: { enabled: true } }],
  [
    "a secret of one's own",
    {},
    { isSigned: true, signingSecret: "whsec_abc" },
    { signing: { enabled: true, secret: "whsec_abc" } },
  ],
  [
    "no signature any more",
    { signing: { enabled: true, secret: MASK } },
    { isSigned: false },
    { signing: { enabled: false } },
  ],
  ["the primary account", {}, { scope: "primary" }, { subaccount_id: 0 }],
  [
    "one subaccount, so no exceptions",
    { exception_subaccounts: ["4"] },
    { scope: "subaccount", subaccount: 7 },
    { subaccount_id: 7, exception_subaccounts: [] },
  ],
  ["everybody", { subaccount_id: 7 }, { scope: "everybody" }, { subaccount_id: -1 }],
  ["exceptions", {}, { exceptions: ["4", "x"] }, { exception_subaccounts: [4, "x"] }],
  ["limits", {}, { concurrency: 2, rateLimit: "60" }, { concurrency: 2, rate_limit: 60 }],
  ["no limits any more", { concurrency: 2 }, { concurrency: "" }, { concurrency: null }],
  ["a number that is none", {}, { concurrency: "2.5" }, { concurrency: "2.5" }],
  ["paused and inactive", {}, { paused: true, active: false }, { paused: true, active: false }],
  ["the platform's authorities", { tls_ca: "pem" }, { tlsCa: "" }, { tls_ca: null }],
])("only what changed is sent: %s", (_, stored, edit, body) => {
  expect(sent(stored, edit)).toEqual(body);
});

test("the order in which types are chosen is no change", () => {
  expect(
    sent({ events: ["bounce", "delivery", "acme_gone"] }, { events: ["acme_gone", "delivery", "bounce"] }),
  ).toEqual({});
});

test("a new webhook sends what it needs and what differs from the defaults", () => {
  const values = { ...NEW_WEBHOOK, name: "CRM", target: "https://crm.example.com/hook" };
  expect(createBody(values, KNOWN)).toEqual({ name: "CRM", target: "https://crm.example.com/hook", events: KNOWN });
  expect(createBody({ ...values, eventChoice: "chosen", events: [], isSigned: true }, KNOWN)).toEqual({
    name: "CRM",
    target: "https://crm.example.com/hook",
    events: [],
    signing: { enabled: true },
  });
});

test("further members of a token request may not be what they are not", () => {
  const values = { ...NEW_WEBHOOK, authType: "oauth2", clientId: "c", tokenExtras: '{"client_id":"d","n":1}' } as const;
  expect(createBody(values, KNOWN)["auth_request_details"]).toEqual({
    url: "",
    body: { client_id: "d", grant_type: "client_credentials", n: 1 },
  });
  expect(createBody({ ...values, tokenExtras: "[1" }, KNOWN)["auth_request_details"]).toEqual({
    url: "",
    body: { client_id: "c", grant_type: "client_credentials" },
  });
});
