import { parseBlock } from "./address.ts";
import type { AddressBlock } from "./address.ts";
import type { Embedding } from "./embedded-address.ts";

/** What is special about an address, as it is told to people. */
export type RangeName =
  | "metadata"
  | "loopback"
  | "private"
  | "link-local"
  | "carrier-grade NAT"
  | "benchmarking"
  | "documentation"
  | "multicast"
  | "broadcast"
  | "reserved"
  | "unspecified"
  | "unique-local"
  | "site-local"
  | "IPv4-mapped"
  | "IPv4-compatible"
  | "IPv4-translated"
  | "NAT64"
  | "6to4"
  | "Teredo"
  | "AMT"
  | "unreadable";

export interface SpecialRange {
  readonly name: RangeName;
  /** Who says so. */
  readonly source: string;
  readonly blocks: readonly AddressBlock[];
  /** Set where each address stands for an IPv4 one. */
  readonly embedding?: Embedding;
}

function range(name: RangeName, source: string, ...cidrs: string[]): SpecialRange {
  return { name, source, blocks: cidrs.map(parseBlock) };
}

function embedding(name: RangeName, source: string, cidr: string, atByte: number, inverted = false): SpecialRange {
  return { ...range(name, source, cidr), embedding: { atByte, inverted } };
}

/**
 * Where clouds hand a machine its credentials to whoever asks. All but one lie in ranges that are refused anyway; they
 * are told apart because a range that is opened on purpose (`fd00::/8`, `100.64.0.0/10`) does not mean them.
 */
const METADATA: readonly SpecialRange[] = [
  range("metadata", "AWS, Azure, Google Cloud, OpenStack and others", "169.254.169.254/32"),
  range("metadata", "AWS", "fd00:ec2::254/128", "169.254.170.2/32", "169.254.170.23/32", "fd00:ec2::23/128"),
  // A public address, but inside Azure it is the host itself.
  range("metadata", "Azure", "168.63.129.16/32"),
  range("metadata", "Google Cloud", "fd20:ce::254/128"),
  range("metadata", "Alibaba Cloud", "100.100.100.200/32"),
  range("metadata", "Oracle Cloud", "192.0.0.192/32", "fd00:c1::a9fe:a9fe/128"),
  range("metadata", "OpenStack", "fe80::a9fe:a9fe/128"),
  range("metadata", "Scaleway", "169.254.42.42/32", "fd00:42::42/128"),
  range("metadata", "Linode", "fd00:a9fe:a9fe::1/128"),
  range("metadata", "Tencent Cloud", "169.254.0.23/32"),
];

/**
 * The special-purpose registries of IANA and the ranges that are no unicast. The first match counts. What the registries
 * call globally reachable (anycast of DNS sinks, relays) is refused as well: nobody's webhook lives there.
 */
export const SPECIAL_RANGES: readonly SpecialRange[] = [
  ...METADATA,

  range("unspecified", "RFC 791", "0.0.0.0/8"),
  range("private", "RFC 1918", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
  range("carrier-grade NAT", "RFC 6598", "100.64.0.0/10"),
  range("loopback", "RFC 1122", "127.0.0.0/8"),
  range("link-local", "RFC 3927", "169.254.0.0/16"),
  range("documentation", "RFC 5737", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
  range("6to4", "RFC 7526", "192.88.99.0/24"),
  range("AMT", "RFC 7450", "192.52.193.0/24"),
  range("reserved", "RFC 6890", "192.0.0.0/24"),
  range("reserved", "RFC 7534 and 7535", "192.175.48.0/24", "192.31.196.0/24"),
  range("benchmarking", "RFC 2544", "198.18.0.0/15"),
  range("multicast", "RFC 5771", "224.0.0.0/4"),
  range("broadcast", "RFC 919", "255.255.255.255/32"),
  range("reserved", "RFC 1112", "240.0.0.0/4"),

  range("unspecified", "RFC 4291", "::/128"),
  range("loopback", "RFC 4291", "::1/128"),
  // Those that stand for an IPv4 address, by which a packet reaches another address than the one that was looked at.
  embedding("IPv4-mapped", "RFC 4291", "::ffff:0:0/96", 12),
  embedding("IPv4-translated", "RFC 2765", "::ffff:0:0:0/96", 12),
  embedding("IPv4-compatible", "RFC 4291", "::/96", 12),
  embedding("NAT64", "RFC 6052", "64:ff9b::/96", 12),
  // Its operator may set it further in front (RFC 6052 §2.2), but the address does not tell.
  embedding("NAT64", "RFC 8215", "64:ff9b:1::/48", 12),
  embedding("6to4", "RFC 3056", "2002::/16", 2),
  embedding("Teredo", "RFC 4380", "2001::/32", 12, true),
  range("benchmarking", "RFC 5180", "2001:2::/48"),
  range("AMT", "RFC 7450", "2001:3::/32"),
  range("reserved", "RFC 2928", "2001::/23"),
  range("reserved", "RFC 7534", "2620:4f:8000::/48"),
  range("documentation", "RFC 3849", "2001:db8::/32"),
  range("documentation", "RFC 9637", "3fff::/20"),
  range("unique-local", "RFC 4193", "fc00::/7"),
  range("link-local", "RFC 4291", "fe80::/10"),
  range("site-local", "RFC 3879", "fec0::/10"),
  range("multicast", "RFC 4291", "ff00::/8"),
];

/** The only part of IPv6 that is given out to the public; all else is refused, also what will be defined there. */
export const GLOBAL_UNICAST_V6: AddressBlock = parseBlock("2000::/3");
