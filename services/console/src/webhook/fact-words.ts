import type { WebhookView } from "@posthorn/api/views";
import { exactTime } from "../shared/format-time.ts";

type Authentication = Pick<WebhookView, "auth_type" | "auth_token" | "auth_credentials" | "auth_request_details">;

/** How a target is told who calls. */
export function authenticationWords(webhook: Authentication): string {
  const { auth_type: type, auth_token: token } = webhook;
  const parts = [
    ...(type === "basic" ? [`Basic, as ${textIn(webhook.auth_credentials, "username") ?? "somebody"}`] : []),
    ...(type === "oauth2" ? [`OAuth 2, by ${textIn(webhook.auth_request_details, "url") ?? "its token URL"}`] : []),
    ...(token === "" ? [] : ["token"]),
  ];
  return parts.length === 0 ? "none" : parts.join(", and ");
}

function textIn(record: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = record[name];
  return typeof value === "string" ? value : undefined;
}

/** Whose events it gets. */
export function subaccountWords(webhook: Pick<WebhookView, "subaccount_id" | "exception_subaccounts">): string {
  const { subaccount_id: id, exception_subaccounts: exceptions = [] } = webhook;
  if (id === 0) return "the primary account";
  if (id !== undefined) return `subaccount ${id}`;
  return exceptions.length === 0 ? "all accounts" : `all accounts but ${exceptions.join(", ")}`;
}

export function signingWords(signing: WebhookView["signing"]): string {
  if (!signing.enabled) return "off";
  if (signing.previous_until === undefined) return "on";
  return `on; the secret before signs too until ${exactTime(signing.previous_until)}`;
}
