import { isDeepStrictEqual } from "node:util";
import { maskBody } from "./mask.ts";
import { DomainError } from "./problem.ts";
import type { SecretBox } from "./secret-box.ts";
import { secretContext } from "./secret-context.ts";
import { WEBHOOK_DEFAULTS } from "./webhook.ts";
import type { Sealed, Webhook } from "./webhook.ts";

/** All that somebody may set about a webhook, secrets in clear: what bodies are applied to; never stored or shown. */
export interface WebhookSettings extends Pick<
  Webhook,
  | "name"
  | "target"
  | "events"
  | "active"
  | "paused"
  | "concurrency"
  | "rateLimit"
  | "subaccount"
  | "exceptionSubaccounts"
  | "tlsCa"
> {
  readonly authToken: string | null;
  readonly auth: AuthSettings;
  readonly customHeaders: Readonly<Record<string, string>>;
  readonly signing: SigningSettings | null;
}

export type AuthSettings =
  | { readonly kind: "none" }
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "oauth2"; readonly url: string; readonly body: Readonly<Record<string, unknown>> };

export interface SigningSettings {
  readonly secret: string;
  readonly previous: { readonly secret: string; readonly untilMs: number } | null;
}

/** What a new webhook starts from. */
export const DEFAULT_SETTINGS: WebhookSettings = {
  name: "",
  target: "",
  events: [],
  active: WEBHOOK_DEFAULTS.active,
  paused: WEBHOOK_DEFAULTS.paused,
  concurrency: WEBHOOK_DEFAULTS.concurrency,
  rateLimit: WEBHOOK_DEFAULTS.rateLimit,
  subaccount: WEBHOOK_DEFAULTS.subaccount,
  exceptionSubaccounts: WEBHOOK_DEFAULTS.exceptionSubaccounts,
  tlsCa: WEBHOOK_DEFAULTS.tlsCa,
  authToken: null,
  auth: { kind: "none" },
  customHeaders: {},
  signing: null,
};

/** Opens the secrets of a stored webhook. Throws when one was sealed with another secret or altered. */
export function openSettings(webhook: Webhook, box: Pick<SecretBox, "open">): WebhookSettings {
  const { id, authToken, auth, customHeaders, signing } = webhook;
  const open = (sealed: Sealed): string => box.open(sealed, secretContext.signing(id));
  return {
    name: webhook.name,
    target: webhook.target,
    events: webhook.events,
    active: webhook.active,
    paused: webhook.paused,
    concurrency: webhook.concurrency,
    rateLimit: webhook.rateLimit,
    subaccount: webhook.subaccount,
    exceptionSubaccounts: webhook.exceptionSubaccounts,
    tlsCa: webhook.tlsCa,
    authToken: authToken === null ? null : box.open(authToken, secretContext.authToken(id)),
    auth: openAuthSettings(id, auth, box),
    customHeaders: Object.fromEntries(
      Object.entries(customHeaders).map(([name, value]) => [
        name,
        box.open(value, secretContext.customHeader(id, name)),
      ]),
    ),
    signing:
      signing === null
        ? null
        : {
            secret: open(signing.secret),
            previous:
              signing.previous === null
                ? null
                : { secret: open(signing.previous.secret), untilMs: signing.previous.untilMs },
          },
  };
}

/**
 * The same, but what cannot be opened is as if it were not set: somebody may set it anew, or change something else. What
 * is not changed keeps its sealed text, so that nothing is sent without it. Throws only what `box` refuses to do.
 */
export function openReadable(webhook: Webhook, box: Pick<SecretBox, "open">): WebhookSettings {
  const without: Webhook = { ...webhook, authToken: null, auth: { kind: "none" }, customHeaders: {}, signing: null };
  const settings = openSettings(without, box);
  const parts = ["authToken", "auth", "customHeaders", "signing"] as const;
  return parts.reduce((opened, part) => {
    try {
      return { ...opened, [part]: openSettings({ ...without, [part]: webhook[part] }, box)[part] };
    } catch (error) {
      if (error instanceof DomainError) throw error;
      return opened;
    }
  }, settings);
}

function openAuthSettings(id: string, auth: Webhook["auth"], box: Pick<SecretBox, "open">): AuthSettings {
  switch (auth.kind) {
    case "none":
      return auth;
    case "basic":
      return { kind: "basic", username: auth.username, password: box.open(auth.password, secretContext.password(id)) };
    case "oauth2":
      return {
        kind: "oauth2",
        url: auth.url,
        body: JSON.parse(box.open(auth.body, secretContext.oauthBody(id))) as Record<string, unknown>,
      };
  }
}

/** Puts settings into a definition. A secret that stays the same keeps its sealed text, so that nothing else changes. */
export function sealSettings(
  base: Webhook,
  before: WebhookSettings,
  after: WebhookSettings,
  box: Pick<SecretBox, "seal">,
): Webhook {
  const { id } = base;
  const { authToken, auth, customHeaders, signing, ...plain } = after;
  return {
    ...base,
    ...plain,
    authToken:
      authToken === before.authToken
        ? base.authToken
        : authToken === null
          ? null
          : box.seal(authToken, secretContext.authToken(id)),
    auth: isSame(auth, before.auth) ? base.auth : sealAuth(id, auth, box),
    customHeaders: isSame(customHeaders, before.customHeaders)
      ? base.customHeaders
      : Object.fromEntries(
          Object.entries(customHeaders).map(([name, value]) => [
            name,
            (value === before.customHeaders[name] ? base.customHeaders[name] : undefined) ??
              box.seal(value, secretContext.customHeader(id, name)),
          ]),
        ),
    signing: isSame(signing, before.signing) ? base.signing : sealSigning(id, signing, box),
  };
}

function sealAuth(id: string, auth: AuthSettings, box: Pick<SecretBox, "seal">): Webhook["auth"] {
  switch (auth.kind) {
    case "none":
      return auth;
    case "basic":
      return {
        kind: "basic",
        username: auth.username,
        password: box.seal(auth.password, secretContext.password(id)),
        hasPassword: auth.password !== "",
      };
    case "oauth2":
      return {
        kind: "oauth2",
        url: auth.url,
        body: box.seal(JSON.stringify(auth.body), secretContext.oauthBody(id)),
        shown: maskBody(auth.body),
      };
  }
}

function sealSigning(id: string, signing: SigningSettings | null, box: Pick<SecretBox, "seal">): Webhook["signing"] {
  if (signing === null) return null;
  const seal = (secret: string): Sealed => box.seal(secret, secretContext.signing(id));
  const { secret, previous } = signing;
  return {
    secret: seal(secret),
    previous: previous === null ? null : { secret: seal(previous.secret), untilMs: previous.untilMs },
  };
}

/** True when both settings are the same, in whatever order their members stand. */
export function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other);
}
