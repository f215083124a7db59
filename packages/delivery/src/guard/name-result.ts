import type { LookupAddress } from "node:dns";

/** What looking a name up came to. */
export type NameResult =
  | { readonly kind: "found"; readonly addresses: readonly LookupAddress[]; readonly ttlMs: number }
  /** There is no such name, or it has no address. */
  | { readonly kind: "unknown" }
  /** Nobody answered in time. */
  | { readonly kind: "silent" }
  /** Somebody answered that he cannot tell; the code is the platform's, e.g. `ESERVFAIL`. */
  | { readonly kind: "failed"; readonly code: string }
  /** Too many other look-ups were under way: says nothing of the name. */
  | { readonly kind: "busy" };
