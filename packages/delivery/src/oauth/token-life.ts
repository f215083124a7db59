import type { CachedToken } from "./token-cache.ts";

/** A token is replaced this long before its end, since the target's clock and the way to it differ … */
const EARLY_MS = 30_000;
/** … but a short-lived one serves most of its life. */
const EARLY_SHARE = 0.1;

/** For how long a token may still be shown; 0 or less when it is to be replaced. */
export function usableForMs({ expiresInS, leftMs }: Pick<CachedToken, "expiresInS" | "leftMs">): number {
  return leftMs - Math.min(EARLY_MS, EARLY_SHARE * expiresInS * 1_000);
}
