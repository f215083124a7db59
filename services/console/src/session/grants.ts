import type { Grant } from "@posthorn/api/views";

/** True when a key with these grants may do what needs `needed`; the API decides the same way. */
export function grantsAllow(grants: readonly Grant[], needed: Grant): boolean {
  return grants.some(
    (grant) => grant === needed || grant === "admin" || (grant === "webhooks/modify" && needed === "webhooks/view"),
  );
}
