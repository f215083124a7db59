import { createHash } from "node:crypto";
import type { SecretBox } from "./secret-box.ts";
import { openSettings } from "./webhook-settings.ts";
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

/** Opens the secrets of a webhook. Throws when one was sealed with another secret or altered. */
export function openTarget(webhook: Webhook, box: Pick<SecretBox, "open">, nowMs: number): TargetAccess {
  const { target, authToken, auth, customHeaders, signing, tlsCa } = openSettings(webhook, box);
  const previous = signing?.previous ?? null;
  const isOverlapping = previous !== null && previous.untilMs > nowMs;
  return {
    target,
    ...(authToken === null ? {} : { authToken }),
    auth: auth.kind === "oauth2" ? { ...auth, tokenKey: tokenKeyOf(webhook) ?? "" } : auth,
    customHeaders,
    signingSecrets: [...(signing === null ? [] : [signing.secret]), ...(isOverlapping ? [previous.secret] : [])],
    ...(tlsCa === null ? {} : { tlsCa }),
  };
}

/** Under which name the token of a webhook is kept; `undefined` when it uses none. Tells nothing of its details. */
export function tokenKeyOf({ id, auth }: Pick<Webhook, "id" | "auth">): string | undefined {
  return auth.kind === "oauth2" ? `${id}:${oauthFingerprint(auth.url, auth.body)}` : undefined;
}

/** Changes whenever the details are set anew, since each sealing has a nonce of its own. */
function oauthFingerprint(url: string, body: string): string {
  return createHash("sha256").update(`${url}\n${body}`).digest("base64url").slice(0, 16);
}
