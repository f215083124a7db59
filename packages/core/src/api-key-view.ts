import { shortKey } from "./api-key.ts";
import type { ApiKey, Grant } from "./api-key.ts";

/** What answers tell of every key; times are ISO 8601, and `null` stands for never and for nothing. */
interface CommonView {
  readonly id: string;
  readonly label: string;
  readonly grants: readonly Grant[];
  readonly subaccount_id: number | null;
  readonly created_at: string;
  readonly expires_at: string | null;
}

/** A key as the API shows it. */
export interface ApiKeyView extends CommonView {
  /** The part of its text that is no secret. */
  readonly short_key: string;
  /** To the minute. */
  readonly last_used_at: string | null;
}

/** The one answer that shows the text of a key. */
export interface NewApiKeyView extends CommonView {
  readonly key: string;
}

export function viewApiKey(key: ApiKey & { readonly lastUsedAtMs: number | null }): ApiKeyView {
  return { ...commonView(key), short_key: shortKey(key.id), last_used_at: isoOrNull(key.lastUsedAtMs) };
}

export function viewNewApiKey(key: ApiKey, text: string): NewApiKeyView {
  return { ...commonView(key), key: text };
}

function commonView(key: ApiKey): CommonView {
  return {
    id: key.id,
    label: key.label,
    grants: key.grants,
    subaccount_id: key.subaccountId,
    created_at: new Date(key.createdAtMs).toISOString(),
    expires_at: isoOrNull(key.expiresAtMs),
  };
}

function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
