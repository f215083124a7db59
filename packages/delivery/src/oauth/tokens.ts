import { createRecent } from "../recent.ts";
import { limitTime, within } from "../time-limit.ts";
import { createSharedFetch } from "./shared-fetch.ts";
import type { SharedFetchDeps, WantedToken } from "./shared-fetch.ts";
import { usableForMs } from "./token-life.ts";
import { LATE } from "./token-result.ts";
import type { OAuthDetails, TokenResult } from "./token-result.ts";

/** How long an attempt waits for a token, and what ends the waiting. */
interface Wait {
  readonly withinMs: number;
  readonly stop: AbortSignal | undefined;
}

/** The tokens of all webhooks. None of it throws. */
export interface Tokens {
  /** A token that can be used: this process knows it, another one has stored it, or it is fetched. */
  current(details: OAuthDetails, wait: Wait): Promise<TokenResult>;
  /** The one after `refused`, which the target has refused: a newer one that another process has stored, or fetched. */
  next(details: OAuthDetails, refused: string, wait: Wait): Promise<TokenResult>;
  /** A new one, whatever is known. */
  fetch(details: OAuthDetails): Promise<TokenResult>;
}

/** Webhooks whose tokens a process has in memory. */
const KEPT = 20_000;

export function createTokens(deps: SharedFetchDeps): Tokens {
  const fetchShared = createSharedFetch(deps);
  /** Until when, by `performance.now()`, a token may be shown. */
  const known = createRecent<string, { readonly result: TokenResult; readonly usableUntilMs: number }>(KEPT);
  const underWay = new Map<string, Promise<TokenResult>>();

  const fetchAndKeep = async (details: OAuthDetails, wanted: WantedToken): Promise<TokenResult> => {
    const result = await fetchShared(details, wanted);
    if (result.kind === "granted") {
      known.set(details.tokenKey, { result, usableUntilMs: performance.now() + usableForMs(result) });
    }
    return result;
  };

  /** Within this process all who need a webhook's token wait for the same one. */
  const begin = (details: OAuthDetails, wanted: WantedToken): Promise<TokenResult> => {
    const fetching = fetchAndKeep(details, wanted).finally(() => underWay.delete(details.tokenKey));
    underWay.set(details.tokenKey, fetching);
    return fetching;
  };

  const obtain = async (details: OAuthDetails, wanted: WantedToken, wait: Wait): Promise<TokenResult> => {
    const limit = limitTime(wait.withinMs, wait.stop);
    const isRefused = (result: TokenResult): boolean =>
      wanted.kind === "other-than" && result.kind === "granted" && result.token === wanted.refused;
    try {
      for (;;) {
        const token = known.get(details.tokenKey);
        if (token !== undefined && token.usableUntilMs > performance.now() && !isRefused(token.result)) {
          return token.result;
        }
        const joined = underWay.get(details.tokenKey);
        const result = await within(limit, joined ?? begin(details, wanted));
        if (result === undefined) return limit.isOver() ? LATE : { kind: "broken", message: "the attempt was stopped" };
        // Whoever began what was joined could not know that this very token is refused.
        if (joined === undefined || !isRefused(result)) return result;
      }
    } finally {
      limit.end();
    }
  };

  return {
    current: (details, wait) => obtain(details, { kind: "any" }, wait),
    next: (details, refused, wait) => obtain(details, { kind: "other-than", refused }, wait),
    fetch: async (details) => {
      // Somebody else's fetch may have to end first.
      const limit = limitTime(2 * deps.timeoutMs);
      const result = await within(limit, fetchAndKeep(details, { kind: "new" }));
      limit.end();
      return result ?? LATE;
    },
  };
}
