import { promises } from "node:dns";
import type { LookupAddress } from "node:dns";
import type { NameResult } from "./name-result.ts";
import { createPlaces } from "./places.ts";

/** The system's own look-up of a name: all its addresses, in the order in which to try them. */
export type PlatformLookup = (name: string) => Promise<readonly LookupAddress[]>;

/** Asks the system for a name that DNS does not know. Never throws. */
export type SystemLookup = (request: { readonly name: string; readonly isSuspect: boolean }) => Promise<NameResult>;

/** Half of the process's threads for such things; reading files goes by the same. */
const AT_A_TIME = 2;
/** The system does not tell how long its answers hold. */
const TTL_MS = 5_000;

/**
 * The look-up knows what only the system does (search domains, mDNS, name services), but cannot be ended, so there are
 * few of them at a time, and whoever waits for one waits for no longer than `withinMs`.
 */
export function createSystemLookup(withinMs: number, lookup: PlatformLookup = lookupAll): SystemLookup {
  const places = createPlaces({ total: AT_A_TIME, forSuspects: AT_A_TIME / 2 });
  const running = new Map<string, Promise<NameResult>>();

  const ask = async (name: string): Promise<NameResult> => {
    try {
      const addresses = await lookup(name);
      return addresses.length === 0 ? { kind: "unknown" } : { kind: "found", addresses, ttlMs: TTL_MS };
    } catch (error) {
      const code = String((error as NodeJS.ErrnoException).code);
      return code === "ENOTFOUND" ? { kind: "unknown" } : { kind: "failed", code };
    }
  };

  const start = (name: string, isSuspect: boolean): Promise<NameResult> => {
    // Others may have stopped waiting for it long ago; a second one would take another place.
    const known = running.get(name);
    if (known !== undefined) return known;
    const started = places
      // Half of it: who waits is told first that there was no place, and not that the name is silent.
      .run({ isSuspect, withinMs: withinMs / 2 }, () => ask(name))
      .then((result): NameResult => result ?? { kind: "busy" })
      .finally(() => running.delete(name));
    running.set(name, started);
    return started;
  };

  return async ({ name, isSuspect }) => {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<NameResult>((resolve) => {
      timer = setTimeout(() => resolve({ kind: "silent" }), withinMs);
    });
    try {
      return await Promise.race([start(name, isSuspect), silence]);
    } finally {
      clearTimeout(timer);
    }
  };
}

function lookupAll(name: string): Promise<LookupAddress[]> {
  return promises.lookup(name, { all: true });
}
