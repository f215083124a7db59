import { createHash } from "node:crypto";
import type { SecretBox } from "./secret-box.ts";
import type { Webhook } from "./webhook.ts";

/** A target and all that is needed to POST to it, secrets in clear: never stored, logged or shown. */
export interface TargetAccess {
  readonly target: string;
  /** Goes out as `X-MessageSystems-Webhook-Token`. */
  readonly authToken?: string;
  readonly auth: OpenedAuth;
  readonly customHeaders: Readonly<Record<string, string>>;
  /** Secrets that sign, the current one first, as Standard Webhooks writes them (`whsec_…`); empty = not signed. */
  readonly signingSecrets: readonly string[];
  /** Certificates of the authorities to trust, PEM; the platform's when absent. */
  readonly tlsCa?: string;
}

export type OpenedAuth =
  | { readonly kind: "none" }
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | {
      readonly kind: "oauth2";
      readonly url: string;
      readonly body: Readonly<Record<string, unknown>>;
      /** Whose tokens these are: another webhook, or the same one with other details, does not share them. */
      readonly tokenKey: string;
    };

/** What each secret of a webhook is bound to, so that none can be moved to another place in Redis. */
export const secretContext = {
  authToken: (id: string): string => `${id}:auth_token`,
  password: (id: string): string => `${id}:auth_credentials.password`,
  oauthBody: (id: string): string => `${id}:auth_request_details.body`,
  customHeader: (id: string, name: string): string => `${id}:custom_headers.${name}`,
  signing: (id: string): string => `${id}:signing.secret`,
} as const;

/** Opens the secrets of a webhook. Throws when one was sealed with another secret or altered. */
export function openTarget(webhook: Webhook, box: Pick<SecretBox, "open">, nowMs: number): TargetAccess {
  const { id, target, authToken, customHeaders, signing, tlsCa } = webhook;
  return {
    target,
    ...(authToken === null ? {} : { authToken: box.open(authToken, secretContext.authToken(id)) }),
    auth: openAuth(webhook, box),
    customHeaders: Object.fromEntries(
      Object.entries(customHeaders).map(([name, value]) => [
        name,
        box.open(value, secretContext.customHeader(id, name)),
      ]),
    ),
    signingSecrets:
      signing === null
        ? []
        : [
            signing.secret,
            ...(signing.previous !== null && signing.previous.untilMs > nowMs ? [signing.previous.secret] : []),
          ].map((secret) => box.open(secret, secretContext.signing(id))),
    ...(tlsCa === null ? {} : { tlsCa }),
  };
}

/** Under which name the token of a webhook is kept; `undefined` when it uses none. Tells nothing of its details. */
export function tokenKeyOf({ id, auth }: Pick<Webhook, "id" | "auth">): string | undefined {
  return auth.kind === "oauth2" ? `${id}:${oauthFingerprint(auth.url, auth.body)}` : undefined;
}

function openAuth({ id, auth }: Webhook, box: Pick<SecretBox, "open">): OpenedAuth {
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
        tokenKey: `${id}:${oauthFingerprint(auth.url, auth.body)}`,
      };
  }
}

/** Changes whenever the details are set anew, since each sealing has a nonce of its own. */
function oauthFingerprint(url: string, body: string): string {
  return createHash("sha256").update(`${url}\n${body}`).digest("base64url").slice(0, 16);
}
