import type { Sealed, SecretBox } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import { deleteIfEqual } from "./scripts/delete-if-equal.ts";
import { takeLock } from "./take-lock.ts";
import { asUnavailable } from "./unavailable.ts";

/**
 * The OAuth2 tokens that targets are to be shown, for all processes, and the right to fetch one. `tokenKey` says whose
 * token it is. Everything throws `StoreUnavailableError` when Redis is away.
 */
export interface TokenCache {
  get(
    tokenKey: string,
  ): Promise<{ readonly token: string; readonly expiresInS: number; readonly leftMs: number } | undefined>;
  /** Keeps a token for the life that it was granted for. */
  put(tokenKey: string, granted: { readonly token: string; readonly expiresInS: number }): Promise<void>;
  /** Removes the token unless there is another one by now. */
  forget(tokenKey: string, token: string): Promise<void>;
  /** Takes the right to fetch a token, for `lockMs` at most; false while somebody else has it. */
  tryLock(tokenKey: string, holder: string, lockMs: number): Promise<boolean>;
  unlock(tokenKey: string, holder: string): Promise<void>;
}

interface TokenCacheOptions {
  readonly redis: RedisClient;
  readonly keys: Keys;
  /** Tokens are stored sealed. */
  readonly box: Pick<SecretBox, "open" | "seal">;
}

export function createTokenCache({ redis, keys, box }: TokenCacheOptions): TokenCache {
  /** The token in a stored text; one that cannot be opened, since the secret was changed, counts as none. */
  const open = (text: string | null, tokenKey: string): { token: string; expiresInS: number } | undefined => {
    const [expiresInS, sealed] = text?.split(" ") ?? [];
    if (sealed === undefined) return undefined;
    try {
      return { token: box.open(sealed as Sealed, tokenKey), expiresInS: Number(expiresInS) };
    } catch {
      return undefined;
    }
  };

  return {
    get: async (tokenKey) => {
      const key = keys.token(tokenKey);
      const [text, leftMs] = await guarded(Promise.all([redis.get(key), redis.pttl(key)]));
      const opened = open(text, tokenKey);
      return opened === undefined ? undefined : { ...opened, leftMs };
    },
    put: async (tokenKey, { token, expiresInS }) => {
      const text = `${expiresInS} ${box.seal(token, tokenKey)}`;
      await guarded(redis.set(keys.token(tokenKey), text, "PX", expiresInS * 1_000));
    },
    forget: async (tokenKey, token) => {
      const text = await guarded(redis.get(keys.token(tokenKey)));
      if (text === null || open(text, tokenKey)?.token !== token) return;
      await deleteIfEqual(redis, keys.token(tokenKey), text);
    },
    tryLock: (tokenKey, holder, lockMs) => takeLock(redis, keys.tokenLock(tokenKey), holder, lockMs),
    unlock: (tokenKey, holder) => deleteIfEqual(redis, keys.tokenLock(tokenKey), holder),
  };
}

async function guarded<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    throw asUnavailable(error);
  }
}
