import type { Webhook } from "./webhook.ts";

/** Stands for a secret in answers; sent back, it means unchanged. */
export const TOKEN_MASK = "********";

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

/** A webhook as the API shows it; field names and links are those of the original API. */
export interface WebhookView {
  readonly id: string;
  readonly name: string;
  readonly target: string;
  readonly events: readonly string[];
  readonly auth_type: "none";
  readonly auth_request_details: Record<string, never>;
  readonly auth_credentials: Record<string, never>;
  readonly auth_token: string;
  readonly custom_headers: Record<string, never>;
  readonly active: boolean;
  readonly last_successful?: string;
  readonly last_failure?: string;
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

/** `YYYY-MM-DD HH:MM:SS` in UTC. */
export function formatTimestamp(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace("T", " ");
}

export function viewWebhook(webhook: Webhook, last: LastAttempts, links: readonly Link[]): WebhookView {
  return {
    id: webhook.id,
    name: webhook.name,
    target: webhook.target,
    events: webhook.events,
    auth_type: "none",
    auth_request_details: {},
    auth_credentials: {},
    auth_token: webhook.authToken === null ? "" : TOKEN_MASK,
    custom_headers: {},
    active: webhook.active,
    ...(last.lastSuccessAtMs === undefined ? {} : { last_successful: formatTimestamp(last.lastSuccessAtMs) }),
    ...(last.lastFailureAtMs === undefined ? {} : { last_failure: formatTimestamp(last.lastFailureAtMs) }),
    links,
  };
}
