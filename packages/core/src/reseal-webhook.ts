import { secretContext } from "./secret-context.ts";
import type { SecretBox } from "./secret-box.ts";
import type { Sealed, Signing, TargetAuth, Webhook } from "./webhook.ts";

/**
 * Seals all secrets of a webhook with the current secret; `undefined` when they are already. Throws when one of them
 * cannot be opened.
 */
export function resealWebhook(webhook: Webhook, box: Pick<SecretBox, "reseal">): Webhook | undefined {
  const { id, authToken, auth, customHeaders, signing } = webhook;
  let isSame = true;
  const reseal = (sealed: Sealed, context: string): Sealed => {
    const anew = box.reseal(sealed, context);
    isSame &&= anew === sealed;
    return anew;
  };

  const resealAuth = (): TargetAuth => {
    switch (auth.kind) {
      case "none":
        return auth;
      case "basic":
        return { ...auth, password: reseal(auth.password, secretContext.password(id)) };
      case "oauth2":
        return { ...auth, body: reseal(auth.body, secretContext.oauthBody(id)) };
    }
  };

  const resealSigning = ({ secret, previous }: Signing): Signing => {
    const context = secretContext.signing(id);
    return {
      secret: reseal(secret, context),
      previous: previous === null ? null : { ...previous, secret: reseal(previous.secret, context) },
    };
  };

  const resealed: Webhook = {
    ...webhook,
    authToken: authToken === null ? null : reseal(authToken, secretContext.authToken(id)),
    auth: resealAuth(),
    customHeaders: Object.fromEntries(
      Object.entries(customHeaders).map(([name, value]) => [name, reseal(value, secretContext.customHeader(id, name))]),
    ),
    signing: signing === null ? null : resealSigning(signing),
  };
  return isSame ? undefined : resealed;
}
