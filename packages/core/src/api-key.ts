import { createHash, timingSafeEqual } from "node:crypto";
import { apiKeyId } from "./ids.ts";
import type { ApiKeyId } from "./ids.ts";

/** What a key can allow. `webhooks/modify` implies `webhooks/view`, `admin` implies everything. */
export const GRANTS = ["webhooks/view", "webhooks/modify", "events/ingest", "admin"] as const;
export type Grant = (typeof GRANTS)[number];

/** A key as stored. The text that its holder sends is not in it and cannot be had from it. */
export interface ApiKey {
  readonly id: ApiKeyId;
  /** What people call it. */
  readonly label: string;
  readonly grants: readonly Grant[];
  /** What it is bound to: `0` = the primary account, `null` = nothing. */
  readonly subaccountId: number | null;
  /** SHA-256 of the whole text, base64url. */
  readonly hash: string;
  readonly createdAtMs: number;
  /** `null` = never. */
  readonly expiresAtMs: number | null;
}

/** A key whose text exists here only: it is shown once and then forgotten. */
export interface MintedKey {
  readonly id: ApiKeyId;
  readonly text: string;
  readonly hash: string;
}

/** What a presented text is to the key that is stored under its id. */
export type Admission<Key> =
  | { readonly kind: "admitted"; readonly key: Key }
  | { readonly kind: "expired" }
  | { readonly kind: "refused" };

const ID_BYTES = 6;
const SECRET_BYTES = 24;
/** `ph_<id>_<secret>`; the secret, base64url, may hold underscores itself. */
const TEXT = /^ph_([0-9a-f]{12})_[\w-]{32}$/;

/** Makes the text of a new key. `random` gives so many unpredictable bytes. */
export function mintKey(random: (bytes: number) => Buffer): MintedKey {
  const id = apiKeyId(random(ID_BYTES).toString("hex"));
  if (id === undefined) throw new Error("a generated id is no id of a key");
  const text = `${shortKey(id)}_${random(SECRET_BYTES).toString("base64url")}`;
  return { id, text, hash: digest(text).toString("base64url") };
}

/** The part of a key's text that is no secret and tells people which key it is. */
export function shortKey(id: ApiKeyId): string {
  return `ph_${id}`;
}

/** The id in the text of a key, or `undefined` when no stored key can have this text. */
export function idOfKeyText(text: string): ApiKeyId | undefined {
  const id = TEXT.exec(text)?.[1];
  return id === undefined ? undefined : apiKeyId(id);
}

/** Judges a text against the key of its id. That a key has expired is told only to who holds its text. */
export function admit<Key extends Pick<ApiKey, "hash" | "expiresAtMs">>(
  key: Key | undefined,
  { text, nowMs }: { readonly text: string; readonly nowMs: number },
): Admission<Key> {
  if (key === undefined) return { kind: "refused" };
  const expected = Buffer.from(key.hash, "base64url");
  const presented = digest(text);
  if (expected.length !== presented.length || !timingSafeEqual(presented, expected)) return { kind: "refused" };
  return admitHolder(key, nowMs);
}

/** Judges a key whose text somebody has shown before. */
export function admitHolder<Key extends Pick<ApiKey, "expiresAtMs">>(
  key: Key | undefined,
  nowMs: number,
): Admission<Key> {
  if (key === undefined) return { kind: "refused" };
  return key.expiresAtMs !== null && key.expiresAtMs <= nowMs ? { kind: "expired" } : { kind: "admitted", key };
}

/** True when a key with these grants may do what needs `needed`. */
export function grantsAllow(grants: readonly Grant[], needed: Grant): boolean {
  return grants.some(
    (grant) => grant === needed || grant === "admin" || (grant === "webhooks/modify" && needed === "webhooks/view"),
  );
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
