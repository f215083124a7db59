import type { Request } from "express";

/**
 * Whether the browser reached this over TLS: as it looks, or, where a proxy ends TLS and is not trusted to say so, because
 * it came to `PUBLIC_URL`.
 */
export function isSecure({ secure, host }: Pick<Request, "secure" | "host">, publicUrl: string | undefined): boolean {
  if (secure || publicUrl === undefined) return secure;
  const { protocol, host: publicHost } = new URL(publicUrl);
  return protocol === "https:" && host === publicHost;
}
