import { promises } from "node:dns";
import type { LookupAddress, RecordWithTtl } from "node:dns";
import { networkInterfaces } from "node:os";
import type { NameResult } from "./name-result.ts";

interface DnsQueryOptions {
  /** For the whole query, repetitions included. */
  readonly timeoutMs: number;
  /** The system's unless given, as `address:port`. */
  readonly servers?: readonly string[];
}

/** Asks DNS for both families. Never throws. */
export type DnsQuery = (name: string) => Promise<NameResult>;

type Answer =
  | { readonly kind: "records"; readonly family: 4 | 6; readonly records: readonly RecordWithTtl[] }
  | { readonly kind: "error"; readonly code: string };

/** Some servers do not answer for IPv6 at all: once there are addresses of one family, the other gets no more than it. */
const OTHER_FAMILY_MS = 250;

/** What the resolver's library says when no answer came before its time, or before ours. */
const SILENCE = /^(ETIMEOUT|ECANCELLED)$/;

/**
 * By the resolver that comes with the platform (c-ares): it works in the event loop, while `dns.lookup` holds one of the
 * few threads of the process for as long as a server keeps silent.
 */
export function createDnsQuery({ timeoutMs, servers }: DnsQueryOptions): DnsQuery {
  return async (name) => {
    // One for each query: it follows the system when that moves to other servers, has a port of its own, which makes
    // answers hard to forge, and can be cancelled without the others. Making one takes some 30 µs.
    const resolver = new promises.Resolver({ timeout: Math.ceil(timeoutMs / 4), tries: 3 });
    if (servers !== undefined) resolver.setServers(servers);
    const timers = [setTimeout(() => resolver.cancel(), timeoutMs)];
    const ask = async (family: 4 | 6, answer: Promise<RecordWithTtl[]>): Promise<Answer> => {
      try {
        const records = await answer;
        timers.push(setTimeout(() => resolver.cancel(), OTHER_FAMILY_MS));
        return { kind: "records", family, records };
      } catch (error) {
        return { kind: "error", code: String((error as NodeJS.ErrnoException).code) };
      }
    };
    try {
      const [v4, v6] = await Promise.all([
        ask(4, resolver.resolve4(name, { ttl: true })),
        ask(6, resolver.resolve6(name, { ttl: true })),
      ]);
      return resultOf(hasGlobalIpv6() ? [v6, v4] : [v4, v6]);
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  };
}

function resultOf(answers: readonly Answer[]): NameResult {
  const addresses: LookupAddress[] = [];
  const codes: string[] = [];
  let ttlMs = Number.POSITIVE_INFINITY;
  for (const answer of answers) {
    if (answer.kind === "error") {
      codes.push(answer.code);
      continue;
    }
    for (const { address, ttl } of answer.records) {
      addresses.push({ address, family: answer.family });
      ttlMs = Math.min(ttlMs, ttl * 1_000);
    }
  }
  if (addresses.length > 0) return { kind: "found", addresses, ttlMs };
  if (codes.includes("ENOTFOUND") || codes.every((code) => code === "ENODATA")) return { kind: "unknown" };
  if (codes.some((code) => SILENCE.test(code))) return { kind: "silent" };
  return { kind: "failed", code: codes.find((code) => code !== "ENODATA") ?? "ENODATA" };
}

/** True when this machine has an address in the IPv6 Internet; then that is tried first, as the system's look-up does. */
function hasGlobalIpv6(): boolean {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.some(({ address, family, internal }) => family === "IPv6" && !internal && /^[23]/.test(address));
}
