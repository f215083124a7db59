import { MASK } from "@posthorn/core";
import type { TargetAccess } from "@posthorn/core";
import { batchHeaders } from "./headers.ts";
import { splitCredentials } from "./url-credentials.ts";

/** A POST as it would go out. */
export interface RequestPreview {
  readonly url: string;
  /** In the order in which they are sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

interface PreviewOptions {
  /** What is masked in it stays so. */
  readonly access: TargetAccess;
  readonly batchId: string;
  readonly bodyBytes: number;
  readonly userAgent: string;
  readonly nowMs: number;
}

/** What an attempt would send to a target, but for its body and what only the attempt can know: token and signature. */
export function previewRequest({ access, batchId, bodyBytes, userAgent, nowMs }: PreviewOptions): RequestPreview {
  const { url } = splitCredentials(access.target);
  const headers = batchHeaders({
    access,
    batchId,
    bodyBytes,
    userAgent,
    ...(access.auth.kind === "oauth2" ? { bearer: MASK } : {}),
    ...(access.signingSecrets.length === 0
      ? {}
      : {
          signature: {
            "webhook-id": batchId,
            "webhook-timestamp": String(Math.floor(nowMs / 1_000)),
            "webhook-signature": `v1,${MASK}`,
          },
        }),
  });
  const { auth } = access;
  // Encoded, the mask would look like a password.
  if (auth.kind === "basic" && auth.password === MASK) headers["Authorization"] = `Basic ${MASK}`;
  return { url, headers: [["Host", hostOf(url)], ...Object.entries(headers)] };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}
