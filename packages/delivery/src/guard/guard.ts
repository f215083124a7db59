import type { LookupAddress, LookupOptions } from "node:dns";
import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import { callbackify } from "node:util";
import { createDnsQuery } from "./dns-query.ts";
import { createHostsFile, hostsFilePath } from "./hosts-file.ts";
import { nameError, refusal } from "./guard-errors.ts";
import { createNameLookup } from "./name-lookup.ts";
import { createPlaces } from "./places.ts";
import { createSystemLookup } from "./system-lookup.ts";
import type { PlatformLookup } from "./system-lookup.ts";
import { createTargetRules } from "./target-rules.ts";
import type { TargetRulesOptions } from "./target-rules.ts";

/** Decides who may be connected to. */
export interface Guard {
  /** Resolves a name, to addresses that may be connected to. One that may not refuses the name. */
  readonly lookup: LookupFunction;
  /** Why no connection may be made, as far as that can be told without a look-up. */
  refuse(connection: Connection): Error | undefined;
  /** The same where a proxy looks names up: all that can be told of one is whether it means this machine, whoever asks. */
  refuseUnresolved(connection: Connection): Error | undefined;
}

/** Where a connection is to lead. */
export interface Connection {
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
}

interface GuardOptions extends TargetRulesOptions {
  /** For one query of DNS; what DNS does not know may take as long again. */
  readonly lookupTimeoutMs?: number;
  /** Those of DNS, as `address:port`; the system's unless given. */
  readonly servers?: readonly string[];
  /** The system's unless given. */
  readonly hostsFile?: string;
  readonly platformLookup?: PlatformLookup;
}

const LOOKUP_TIMEOUT_MS = 2_000;
/** Queries of DNS at a time, of which names that kept silent the last time hold half. */
const QUERIES = { total: 64, forSuspects: 32 };

/** Means the machine that asks, by RFC 6761. */
const LOCALHOST = /^(?:.+\.)?localhost\.?$/i;

export function createGuard(options: GuardOptions): Guard {
  const { servers, lookupTimeoutMs: timeoutMs = LOOKUP_TIMEOUT_MS } = options;
  const rules = createTargetRules(options);
  const lookUp = createNameLookup({
    hostsFile: createHostsFile(options.hostsFile ?? hostsFilePath()),
    askDns: createDnsQuery({ timeoutMs, ...(servers === undefined ? {} : { servers }) }),
    askSystem: createSystemLookup(timeoutMs, options.platformLookup),
    places: createPlaces(QUERIES),
    // More than all who hold one can take, and not so much that nothing of an attempt's time is left.
    placeWithinMs: timeoutMs * 1.5,
    monotonicMs: () => performance.now(),
  });

  /** Throws for a name that leads nowhere or where nobody may be let in. */
  const addressesOf = async (host: string, { family }: LookupOptions): Promise<readonly LookupAddress[]> => {
    const result = await lookUp(host.toLowerCase());
    if (result.kind !== "found") throw nameError(host, result);
    for (const { address } of result.addresses) {
      const why = rules.refuseAddress(host, address);
      if (why !== undefined) throw refusal("ETARGETREFUSED", `${host} leads to an address that is refused: ${why}`);
    }
    const wanted = result.addresses.filter((found) => isOfFamily(found, family));
    if (wanted.length === 0) throw nameError(host, { kind: "unknown" });
    return wanted;
  };
  const find = callbackify(addressesOf);

  const refuse = ({ host, port }: Connection): Error | undefined => {
    const whyPort = rules.refusePort(Number(port));
    if (whyPort !== undefined) return refusal("ETARGETPORT", whyPort);
    // The platform connects to an address without a look-up.
    if (typeof host !== "string" || isIP(host) === 0) return undefined;
    const why = rules.refuseAddress(host, host);
    return why === undefined ? undefined : refusal("ETARGETREFUSED", why);
  };

  return {
    lookup: (host, lookupOptions, callback) =>
      find(host, lookupOptions, (error, addresses) => {
        if (error !== null) callback(error, "", 0);
        else if (lookupOptions.all === true) callback(null, [...addresses]);
        else callback(null, addresses[0]?.address ?? "", addresses[0]?.family);
      }),
    refuse,
    refuseUnresolved: (connection) => {
      const { host } = connection;
      const refused = refuse(connection);
      if (refused !== undefined || typeof host !== "string" || !LOCALHOST.test(host)) return refused;
      const why = rules.refuseAddress(host, "127.0.0.1");
      return why === undefined ? undefined : refusal("ETARGETREFUSED", `${host} leads to ${why}`);
    },
  };
}

function isOfFamily({ family: found }: LookupAddress, family: LookupOptions["family"] = 0): boolean {
  const wanted = Number(String(family).replace("IPv", ""));
  return wanted === 0 || wanted === found;
}
