import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { limitTime, within } from "../time-limit.ts";
import type { RequestToken } from "./request-token.ts";
import type { CachedToken, TokenCache } from "./token-cache.ts";
import { usableForMs } from "./token-life.ts";
import { LATE } from "./token-result.ts";
import type { OAuthDetails, TokenResult } from "./token-result.ts";

export interface SharedFetchDeps {
  readonly cache: TokenCache;
  readonly requestToken: RequestToken;
  /** How long fetching a token may take. */
  readonly timeoutMs: number;
  /** Told when the cache cannot be used; this process then fetches for itself. */
  readonly onCacheAway: (error: unknown) => void;
}

/** Which token will do. */
export type WantedToken =
  | { readonly kind: "any" }
  /** One that the target has not just refused. */
  | { readonly kind: "other-than"; readonly refused: string }
  /** None but a new one. */
  | { readonly kind: "new" };

/** Gets a token that another process has stored, or fetches one for all. Never throws. */
export type SharedFetch = (details: OAuthDetails, wanted: WantedToken) => Promise<TokenResult>;

const POLL_EVERY_MS = 50;
/** What a fetch takes beyond its time: to read the answer's body, and to store the token. */
const LOCK_MARGIN_MS = 2_000;
/** A cache that takes longer counts as away. */
const CACHE_PATIENCE_MS = 500;

/**
 * One process at a time fetches the token of a webhook: under a lock, which ends by itself when its holder dies. The
 * others look for the token meanwhile.
 */
export function createSharedFetch({ cache, requestToken, timeoutMs, onCacheAway }: SharedFetchDeps): SharedFetch {
  const lockMs = timeoutMs + LOCK_MARGIN_MS;

  return async (details, wanted) => {
    const { tokenKey } = details;
    const holder = randomUUID();
    const ask = createPatience(onCacheAway);
    const find = async (): Promise<TokenResult | undefined> => {
      const cached = await ask(() => cache.get(tokenKey), undefined);
      return cached !== undefined && willDo(cached, wanted) ? { kind: "granted", ...cached } : undefined;
    };

    if (wanted.kind === "other-than") await ask(() => cache.forget(tokenKey, wanted.refused), undefined);
    const giveUpAtMs = performance.now() + lockMs;
    for (;;) {
      const found = await find();
      if (found !== undefined) return found;
      if (await ask(() => cache.tryLock(tokenKey, holder, lockMs), true)) break;
      if (performance.now() > giveUpAtMs) return LATE;
      await delay(POLL_EVERY_MS);
    }
    try {
      // Whoever had the lock before may have stored one since the last look.
      const found = await find();
      if (found !== undefined) return found;
      const result = await requestToken(details, timeoutMs);
      if (result.kind === "granted") await ask(() => cache.put(tokenKey, result), undefined);
      return result;
    } finally {
      await ask(() => cache.unlock(tokenKey, holder), undefined);
    }
  };
}

function willDo(token: CachedToken, wanted: WantedToken): boolean {
  if (usableForMs(token) <= 0) return false;
  switch (wanted.kind) {
    case "any":
      return true;
    case "other-than":
      return token.token !== wanted.refused;
    case "new":
      return false;
  }
}

type Ask = <T>(command: () => Promise<T>, otherwise: T) => Promise<T>;

/** Asks the cache until it is away for the first time, and goes by `otherwise` from then on. */
function createPatience(onAway: (error: unknown) => void): Ask {
  let isAway = false;
  return async (command, otherwise) => {
    if (isAway) return otherwise;
    const limit = limitTime(CACHE_PATIENCE_MS);
    try {
      const answer = await within(limit, command());
      if (!limit.isOver()) return answer ?? otherwise;
      throw new Error(`no answer within ${CACHE_PATIENCE_MS} ms`);
    } catch (error) {
      isAway = true;
      onAway(error);
      return otherwise;
    } finally {
      limit.end();
    }
  };
}
