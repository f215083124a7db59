import type { ApiKey, ApiKeyId } from "@posthorn/core";

/** A key and when it was last used, to the minute; `null` = never. */
export interface StoredApiKey extends ApiKey {
  readonly lastUsedAtMs: number | null;
}

/**
 * The keys that were made through the API. A write counts the definitions' version up, so that every process hears of
 * it, and can be waited for, as with a definition.
 */
export interface ApiKeys {
  create(key: ApiKey): Promise<ApiKeyCreation>;
  /** All, oldest first. */
  list(): Promise<StoredApiKey[]>;
  revoke(id: ApiKeyId): Promise<ApiKeyRevocation>;
  /** Remembers that the key was used now; nothing is remembered of a key that is not there. */
  noteUsed(id: ApiKeyId): Promise<void>;
}

export type ApiKeyCreation = { readonly kind: "written"; readonly version: number } | { readonly kind: "exists" };

export type ApiKeyRevocation = { readonly kind: "written"; readonly version: number } | { readonly kind: "missing" };
