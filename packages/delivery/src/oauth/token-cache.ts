/** A token that was granted before. */
export interface CachedToken {
  readonly token: string;
  /** Its whole life in seconds, as granted. */
  readonly expiresInS: number;
  /** How much of its life is left. */
  readonly leftMs: number;
}

/**
 * The tokens that all processes share. Each method may throw when the cache is away; then a process goes on with what it
 * knows itself.
 */
export interface TokenCache {
  get(tokenKey: string): Promise<CachedToken | undefined>;
  put(tokenKey: string, granted: { readonly token: string; readonly expiresInS: number }): Promise<void>;
  /** Removes the token unless there is another one by now. */
  forget(tokenKey: string, token: string): Promise<void>;
  /** Takes the right to fetch a token, for `lockMs` at most; false while somebody else has it. */
  tryLock(tokenKey: string, holder: string, lockMs: number): Promise<boolean>;
  unlock(tokenKey: string, holder: string): Promise<void>;
}
