import type { SignatureHeaders, TargetAccess } from "@posthorn/core";
import { basic, splitCredentials } from "./url-credentials.ts";

interface BatchHead {
  readonly access: Pick<TargetAccess, "target" | "authToken" | "auth" | "customHeaders">;
  readonly batchId: string;
  readonly bodyBytes: number;
  readonly userAgent: string;
  /** W3C Trace Context, where the target is to see it. */
  readonly traceparent?: string | undefined;
  /** The OAuth2 token to show. */
  readonly bearer?: string;
  /** Absent when the webhook does not sign. */
  readonly signature?: SignatureHeaders;
}

/** All headers of a POST to a target but `Host` and `Connection`. A custom header never takes the place of another one. */
export function batchHeaders(head: BatchHead): Record<string, string> {
  const { access, batchId, bodyBytes, userAgent, traceparent, signature = {} } = head;
  const authorization = authorizationOf(head);
  const own: Record<string, string> = {
    "Content-Type": "application/json",
    "Content-Length": String(bodyBytes),
    "X-MessageSystems-Batch-ID": batchId,
    ...(access.authToken === undefined ? {} : { "X-MessageSystems-Webhook-Token": access.authToken }),
    ...(authorization === undefined ? {} : { Authorization: authorization }),
    ...signature,
    ...(traceparent === undefined ? {} : { traceparent }),
    "User-Agent": userAgent,
    Accept: "*/*",
    "Accept-Encoding": "identity",
  };
  const taken = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const custom = Object.entries(access.customHeaders).filter(([name]) => !taken.has(name.toLowerCase()));
  return { ...own, ...Object.fromEntries(custom) };
}

/** Authentication that was set up counts, then a custom header, then what is written into the URL. */
function authorizationOf({ access: { target, auth, customHeaders }, bearer }: BatchHead): string | undefined {
  switch (auth.kind) {
    case "basic":
      return basic(`${auth.username}:${auth.password}`);
    case "oauth2":
      return bearer === undefined ? undefined : `Bearer ${bearer}`;
    case "none": {
      if (Object.keys(customHeaders).some((name) => name.toLowerCase() === "authorization")) return undefined;
      const { credentials } = splitCredentials(target);
      return credentials === undefined ? undefined : basic(credentials);
    }
  }
}
