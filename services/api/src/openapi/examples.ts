import { detailLinks, MASK, validateLinks, webhookLinks } from "@posthorn/core";
import { EXAMPLE_ID } from "./parameters.ts";

const BASE = "https://posthorn.example.com";

/** A webhook as somebody sends it. */
export const NEW_WEBHOOK = {
  name: "Example webhook",
  target: "https://receiver.example.com/posthorn",
  auth_token: "5ebe2294ecd0e0f08eab7690d2a6ee69",
  events: ["injection", "delivery", "bounce", "open", "click"],
} as const;

const SHOWN_WEBHOOK = {
  id: EXAMPLE_ID,
  ...NEW_WEBHOOK,
  auth_type: "none",
  auth_request_details: {},
  auth_credentials: {},
  auth_token: MASK,
  custom_headers: { "x-api-key": MASK },
  active: true,
  last_successful: "2026-03-02 16:09:15",
  last_failure: "2026-03-01 15:15:45",
  paused: false,
  inactive_reason: null,
  concurrency: null,
  rate_limit: null,
  signing: { enabled: false },
  tls_ca: null,
} as const;

export const LISTED_WEBHOOK = { ...SHOWN_WEBHOOK, links: webhookLinks(BASE, EXAMPLE_ID) };
export const DETAILED_WEBHOOK = { ...SHOWN_WEBHOOK, links: detailLinks(BASE, EXAMPLE_ID) };
export const CREATED_WEBHOOK = { id: EXAMPLE_ID, links: webhookLinks(BASE, EXAMPLE_ID) };
export const UPDATED_WEBHOOK = { id: EXAMPLE_ID, links: validateLinks(BASE, EXAMPLE_ID) };

/** Client credentials as the original's documents write them. */
export const OAUTH_SETTINGS = {
  auth_type: "oauth2",
  auth_request_details: {
    url: "https://login.example.com/oauth/token",
    body: { client_id: "posthorn", client_secret: "s3cret", grant_type: "client_credentials" },
  },
} as const;

const REFUSAL = {
  status: 502,
  headers: { "content-type": "text/plain", "content-length": "11" },
  body: "Bad gateway",
} as const;

export const TEST_POST_FAILURE = {
  message: "POST to webhook target URL failed with non-2xx response code 502",
  description: "The target must answer the test POST with a 2xx status; redirects are not followed.",
  code: 400,
  response: REFUSAL,
} as const;

export const TOKEN_FAILURE = {
  message: "POST to webhook tokens URL failed",
  description:
    "The token URL answered 502: check client_id, client_secret and what else auth_request_details.body must hold, e.g. grant_type.",
  code: 400,
  response: REFUSAL,
} as const;
