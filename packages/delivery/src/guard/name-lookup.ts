import { createRecent } from "../recent.ts";
import type { DnsQuery } from "./dns-query.ts";
import type { HostsFile } from "./hosts-file.ts";
import type { NameResult } from "./name-result.ts";
import type { Places } from "./places.ts";
import type { SystemLookup } from "./system-lookup.ts";

/** Finds the addresses of a name. Never throws. */
export type NameLookup = (name: string) => Promise<NameResult>;

interface NameLookupDeps {
  readonly hostsFile: HostsFile;
  readonly askDns: DnsQuery;
  readonly askSystem: SystemLookup;
  /** For queries of DNS. */
  readonly places: Places;
  /** How long to wait for one. */
  readonly placeWithinMs: number;
  readonly monotonicMs: () => number;
}

interface Known {
  readonly result: NameResult;
  readonly untilMs: number;
}

const NAMES_KEPT = 10_000;
const FOUND_MS_MIN = 1_000;
/** A target that moves is followed within this, whatever DNS says. */
const FOUND_MS_MAX = 30_000;
/** Somebody may be mending the name. */
const FAILED_MS = 1_000;
/** Asking again would hold a place for long. */
const SILENT_MS = 5_000;
const HOSTS_FILE_TTL_MS = 1_000;

/**
 * Asks the hosts file, DNS, and for what DNS does not know the system. A name is looked up once at a time and the result
 * kept for a while. Names that kept silent when they were asked last are suspects: they wait for their own part of the
 * places, so that any number of them delays nobody else.
 */
export function createNameLookup(deps: NameLookupDeps): NameLookup {
  const { hostsFile, askDns, askSystem, places, placeWithinMs, monotonicMs } = deps;
  const known = createRecent<string, Known>(NAMES_KEPT);
  const running = new Map<string, Promise<NameResult>>();

  const lookUp = async (name: string, isSuspect: boolean): Promise<NameResult> => {
    const addresses = await hostsFile(name.replace(/\.$/, ""));
    if (addresses !== undefined) return { kind: "found", addresses, ttlMs: HOSTS_FILE_TTL_MS };
    const place = { isSuspect, withinMs: placeWithinMs };
    const byDns = (await places.run(place, () => askDns(name))) ?? ({ kind: "busy" } as const);
    if (!mayBeLocal(name, byDns)) return byDns;
    const bySystem = await askSystem({ name, isSuspect });
    // Where DNS is sure that there is no such name, the system's doubts do not count.
    return bySystem.kind === "failed" ? byDns : bySystem;
  };

  return (name) => {
    const last = known.get(name);
    if (last !== undefined && last.untilMs > monotonicMs()) return Promise.resolve(last.result);
    const shared = running.get(name);
    if (shared !== undefined) return shared;
    const started = lookUp(name, last?.result.kind === "silent")
      .then((result) => {
        if (result.kind !== "busy") known.set(name, { result, untilMs: monotonicMs() + keepMs(result) });
        return result;
      })
      .finally(() => running.delete(name));
    running.set(name, started);
    return started;
  };
}

/** True when the system may know the name better than DNS does. */
function mayBeLocal(name: string, byDns: NameResult): boolean {
  switch (byDns.kind) {
    case "unknown":
      return true;
    case "failed":
      // Servers refuse names without a dot; and where no server listens at all, others may do its work.
      return !name.includes(".") || byDns.code === "ECONNREFUSED";
    case "found":
    case "silent":
    case "busy":
      return false;
  }
}

function keepMs(result: NameResult): number {
  switch (result.kind) {
    case "found":
      return Math.min(Math.max(result.ttlMs, FOUND_MS_MIN), FOUND_MS_MAX);
    case "silent":
      return SILENT_MS;
    case "unknown":
    case "failed":
    case "busy":
      return FAILED_MS;
  }
}
