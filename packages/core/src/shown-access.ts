import { MASK } from "./mask.ts";
import { DEFAULT_SETTINGS } from "./webhook-settings.ts";
import type { AuthSettings, WebhookSettings } from "./webhook-settings.ts";
import type { OpenedAuth, TargetAccess } from "./target-access.ts";

/**
 * What the target of a webhook with these settings is shown, for somebody to look at: a secret that was `before` is
 * masked; what is new the person has just set. Signing secrets are always masked, since only signatures go out.
 */
export function shownAccess(after: WebhookSettings, before: WebhookSettings = DEFAULT_SETTINGS): TargetAccess {
  const { target, authToken, auth, customHeaders, signing, tlsCa } = after;
  return {
    target,
    ...(authToken === null ? {} : { authToken: maskUnless(authToken, before.authToken !== authToken) }),
    auth: shownAuth(auth, before.auth),
    customHeaders: Object.fromEntries(
      Object.entries(customHeaders).map(([name, value]) => [
        name,
        maskUnless(value, before.customHeaders[name] !== value),
      ]),
    ),
    signingSecrets: signing === null ? [] : [MASK],
    ...(tlsCa === null ? {} : { tlsCa }),
  };
}

function shownAuth(after: AuthSettings, before: AuthSettings): OpenedAuth {
  switch (after.kind) {
    case "none":
      return after;
    case "basic": {
      const isKnown = before.kind === "basic" && before.password === after.password;
      return { ...after, password: maskUnless(after.password, !isKnown) };
    }
    case "oauth2":
      return { kind: "oauth2", url: after.url, body: {}, tokenKey: "" };
  }
}

function maskUnless(secret: string, isNew: boolean): string {
  return isNew ? secret : MASK;
}
