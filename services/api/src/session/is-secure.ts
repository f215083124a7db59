import type { Request } from "express";

/**
 * Whether the browser reached this over TLS: as it looks, or, where a proxy ends TLS and is not trusted to say so, because
 * the browser tells that its page came that way, or came to `PUBLIC_URL`.
 */
export function isSecure(
  request: Pick<Request, "secure" | "host" | "headers">,
  publicUrl: string | undefined,
): boolean {
  const { secure, host, headers } = request;
  if (secure || headers.origin?.startsWith("https://") === true) return true;
  if (publicUrl === undefined) return false;
  const { protocol, host: publicHost } = new URL(publicUrl);
  return protocol === "https:" && host === publicHost;
}
