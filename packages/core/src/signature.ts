import { createHmac } from "node:crypto";
import { parseSigningSecret } from "./signing-secret.ts";

/** What proves to a target who sent a message, as Standard Webhooks (https://www.standardwebhooks.com) names it. */
export type SignatureHeaders = Readonly<Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>>;

/** Signs one message while it passes by, so that it need not be held. */
export interface Signer {
  update(part: Buffer): void;
  /** Call it once, after the last part. */
  headers(): SignatureHeaders;
}

/**
 * Signs with each of `secrets` (`whsec_…`), in their order: a receiver accepts a message when one signature fits, which
 * lets secrets overlap while they are changed. Throws when a text is no secret.
 */
export function createSigner(secrets: readonly string[], id: string, timestampSeconds: number): Signer {
  const hmacs = secrets.map((secret) => {
    const bytes = parseSigningSecret(secret);
    if (bytes === undefined) throw new Error("a stored signing secret is not whsec_ and base64; set it anew");
    return createHmac("sha256", bytes).update(`${id}.${timestampSeconds}.`);
  });
  return {
    update: (part) => {
      for (const hmac of hmacs) hmac.update(part);
    },
    headers: () => ({
      "webhook-id": id,
      "webhook-timestamp": String(timestampSeconds),
      "webhook-signature": hmacs.map((hmac) => `v1,${hmac.digest("base64")}`).join(" "),
    }),
  };
}
