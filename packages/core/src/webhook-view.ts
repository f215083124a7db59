import { MASK } from "./mask.ts";
import { EVERY_SUBACCOUNT } from "./webhook.ts";
import type { Webhook } from "./webhook.ts";

export interface Link {
  readonly href: string;
  readonly rel: string;
  readonly method: readonly string[];
}

/** When a webhook last took and last refused a batch, in ms. */
export interface LastAttempts {
  readonly lastSuccessAtMs: number | undefined;
  readonly lastFailureAtMs: number | undefined;
}

/** A webhook as the API shows it; field names and links are those of the original API, then come Posthorn's own. */
export interface WebhookView {
  readonly id: string;
  readonly name: string;
  readonly target: string;
  readonly events: readonly string[];
  readonly auth_type: "none" | "basic" | "oauth2";
  readonly auth_request_details: Readonly<Record<string, unknown>>;
  readonly auth_credentials: Readonly<Record<string, unknown>>;
  readonly auth_token: string;
  readonly custom_headers: Readonly<Record<string, string>>;
  /** Numbers as texts, as the original answers; absent when there are none. */
  readonly exception_subaccounts?: readonly string[];
  /** Absent when it gets the events of everybody. */
  readonly subaccount_id?: number;
  readonly active: boolean;
  readonly last_successful?: string;
  readonly last_failure?: string;
  readonly paused: boolean;
  readonly inactive_reason: string | null;
  readonly concurrency: number | null;
  readonly rate_limit: number | null;
  readonly signing: {
    readonly enabled: boolean;
    readonly secret?: string;
    /** ISO 8601; until then the secret before signs too. */
    readonly previous_until?: string;
  };
  readonly tls_ca: string | null;
  readonly links: readonly Link[];
}

function hrefOf(baseUrl: string, id: string, action = ""): string {
  return `${baseUrl}/api/v1/webhooks/${id}${action}`;
}

/** The link of a create answer and of each row of a list. */
export function webhookLinks(baseUrl: string, id: string): Link[] {
  return [{ href: hrefOf(baseUrl, id), rel: "urn.msys.webhooks.webhook", method: ["GET", "PUT"] }];
}

/** The link of an update answer. */
export function validateLinks(baseUrl: string, id: string): Link[] {
  return [{ href: hrefOf(baseUrl, id, "/validate"), rel: "urn.msys.webhooks.validate", method: ["POST"] }];
}

/** The links of a single webhook. */
export function detailLinks(baseUrl: string, id: string): Link[] {
  return [
    ...validateLinks(baseUrl, id),
    { href: hrefOf(baseUrl, id, "/batch-status"), rel: "urn.msys.webhooks.batches", method: ["GET"] },
  ];
}

/** True for a name of the time zone database that this platform knows, e.g. `America/New_York`. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Making a formatter takes a hundred times as long as using it, and a list has two timestamps a webhook. */
const formatters = new Map<string, Intl.DateTimeFormat>();
/** Callers choose the zone, and there are hundreds. */
const FORMATTERS_MAX = 32;

/** `YYYY-MM-DD HH:MM:SS` as clocks show it in the time zone. */
export function formatTimestamp(atMs: number, timeZone: string): string {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    if (formatters.size >= FORMATTERS_MAX) formatters.clear();
    // Swedish dates are written that way.
    formatter = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
    formatters.set(timeZone, formatter);
  }
  return formatter.format(atMs);
}

export function viewWebhook(
  webhook: Webhook,
  options: {
    readonly last: LastAttempts;
    /** For how long its OAuth2 token was granted; `undefined` = it has none at the moment. */
    readonly tokenLifeSeconds: number | undefined;
    readonly links: readonly Link[];
    readonly timeZone: string;
    readonly nowMs: number;
  },
): WebhookView {
  const { last, tokenLifeSeconds, links, timeZone, nowMs } = options;
  const { lastSuccessAtMs: success, lastFailureAtMs: failure } = last;
  return {
    id: webhook.id,
    name: webhook.name,
    target: webhook.target,
    events: webhook.events,
    ...viewAuth(webhook.auth, tokenLifeSeconds),
    auth_token: webhook.authToken === null ? "" : MASK,
    custom_headers: Object.fromEntries(Object.keys(webhook.customHeaders).map((name) => [name, MASK])),
    ...(webhook.exceptionSubaccounts.length === 0
      ? {}
      : { exception_subaccounts: webhook.exceptionSubaccounts.map(String) }),
    ...(webhook.subaccount === EVERY_SUBACCOUNT ? {} : { subaccount_id: webhook.subaccount }),
    active: webhook.active,
    ...(success === undefined ? {} : { last_successful: formatTimestamp(success, timeZone) }),
    ...(failure === undefined ? {} : { last_failure: formatTimestamp(failure, timeZone) }),
    paused: webhook.paused,
    inactive_reason: webhook.inactiveReason,
    concurrency: webhook.concurrency,
    rate_limit: webhook.rateLimit,
    signing: viewSigning(webhook.signing, nowMs),
    tls_ca: webhook.tlsCa,
    links,
  };
}

function viewAuth(
  auth: Webhook["auth"],
  tokenLifeSeconds: number | undefined,
): Pick<WebhookView, "auth_type" | "auth_request_details" | "auth_credentials"> {
  switch (auth.kind) {
    case "none":
      return { auth_type: "none", auth_request_details: {}, auth_credentials: {} };
    case "basic":
      return {
        auth_type: "basic",
        auth_request_details: {},
        auth_credentials: { username: auth.username, ...(auth.hasPassword ? { password: MASK } : {}) },
      };
    case "oauth2":
      return {
        auth_type: "oauth2",
        auth_request_details: { url: auth.url, body: auth.shown },
        auth_credentials: tokenLifeSeconds === undefined ? {} : { access_token: MASK, expires_in: tokenLifeSeconds },
      };
  }
}

function viewSigning(signing: Webhook["signing"], nowMs: number): WebhookView["signing"] {
  if (signing === null) return { enabled: false };
  const { previous } = signing;
  const isOverlapping = previous !== null && previous.untilMs > nowMs;
  return {
    enabled: true,
    secret: MASK,
    ...(isOverlapping ? { previous_until: new Date(previous.untilMs).toISOString() } : {}),
  };
}
