import type { TargetAccess } from "@posthorn/core";
import { createGuard } from "@posthorn/delivery";
import type { TokenCache } from "@posthorn/delivery";

/** A target that wants to see nothing but the batch, and an attempt that begins now. */
export function openAccess(target: string): TargetAccess & { readonly startedAtMs: number } {
  return { target, auth: { kind: "none" }, customHeaders: {}, signingSecrets: [], startedAtMs: Date.now() };
}

/** Lets targets be on this machine, where those of tests are. */
export const LOOPBACK_GUARD = createGuard({
  allow: { everything: false, ranges: ["127.0.0.0/8", "::1/128"], hosts: [], suffixes: [] },
  ports: "any",
});

/** The token cache of those who take no tokens. */
export const NO_TOKENS: TokenCache = {
  get: refuse,
  put: refuse,
  forget: refuse,
  tryLock: refuse,
  unlock: refuse,
};

async function refuse(): Promise<never> {
  throw new Error("no tokens were expected to be used");
}
