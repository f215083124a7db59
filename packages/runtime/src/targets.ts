import { isIP } from "node:net";
import { domainToASCII } from "node:url";

/** Whom targets may be beside the public Internet. */
export interface TargetAllow {
  readonly everything: boolean;
  /** Always with a length: `10.0.0.0/8`, `::1/128`. */
  readonly ranges: readonly string[];
  /** In lower case and ASCII, as URLs have them once they are parsed. */
  readonly hosts: readonly string[];
  /** `*.example.com` as `.example.com`. */
  readonly suffixes: readonly string[];
}

/** The ports of targets, as ranges from and to. */
export type TargetPorts = "any" | readonly (readonly [from: number, to: number])[];

/** What a list says, and every entry that says nothing. */
interface ParsedList<T> {
  readonly value: T;
  readonly problems: readonly string[];
}

/** A name as URLs may hold one, which a number at its end would make an address. */
const HOST = /^(?:[a-z0-9_-]{1,63}\.)*(?!\d+$|0x[\da-f]*$)[a-z0-9_-]{1,63}$/;
const PORT_MAX = 65_535;

/** `10.0.0.0/8,::1,hooks.internal,*.corp.example`; `*` = everything; empty = nobody. */
export function parseTargetAllow(text: string): ParsedList<TargetAllow> {
  const problems: string[] = [];
  const ranges: string[] = [];
  const hosts: string[] = [];
  const suffixes: string[] = [];
  let everything = false;
  for (const entry of entriesOf(text)) {
    const range = rangeOf(entry);
    const suffix = entry.startsWith("*.") ? hostOf(entry.slice(2)) : undefined;
    const host = hostOf(entry);
    if (entry === "*") everything = true;
    else if (range !== undefined) ranges.push(range);
    else if (suffix !== undefined) suffixes.push(`.${suffix}`);
    else if (host !== undefined) hosts.push(host);
    else problems.push(`${JSON.stringify(entry)} is no CIDR range, address, host name, *.suffix or *`);
  }
  return { value: { everything, ranges, hosts, suffixes }, problems };
}

/** `80,443,8000-8999`; `any` or empty = all. */
export function parseTargetPorts(text: string): ParsedList<TargetPorts> {
  const problems: string[] = [];
  const ports: (readonly [number, number])[] = [];
  const entries = entriesOf(text);
  if (entries.length === 0 || (entries.length === 1 && entries[0] === "any")) return { value: "any", problems };
  for (const entry of entries) {
    const [, from = "", to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(entry) ?? [];
    const range = [Number(from), Number(to)] as const;
    if (range[0] >= 1 && range[0] <= range[1] && range[1] <= PORT_MAX) ports.push(range);
    else problems.push(`${JSON.stringify(entry)} is no port, range of ports such as 8000-8999, or any on its own`);
  }
  return { value: ports, problems };
}

function entriesOf(text: string): string[] {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

function rangeOf(entry: string): string | undefined {
  const [, address = "", length] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const family = isIP(address);
  if (family === 0) return undefined;
  const bits = family === 4 ? 32 : 128;
  const counted = Number(length ?? bits);
  return counted <= bits ? `${address}/${counted}` : undefined;
}

function hostOf(entry: string): string | undefined {
  // The conversion takes whole URLs and leaves out what is not the host.
  if (/[\s/\\?#@:%]/.test(entry)) return undefined;
  const host = domainToASCII(entry.replace(/\.$/, ""));
  return HOST.test(host) ? host : undefined;
}
