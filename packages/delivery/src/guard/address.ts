import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A block of addresses: its first one and how many of the leading bits count. */
export type AddressBlock = readonly [Address, number];

/**
 * The address in a text, if it is one as the platform writes and takes them; a zone (`%eth0`) is left out. Stricter than
 * the library, which also reads octal and shortened forms: those are names to the platform, and get looked up.
 */
export function parseAddress(text: string): Address | undefined {
  const family = isIP(text);
  if (family === 0) return undefined;
  return ipaddr.parse(family === 4 ? text : inHex(text.replace(/%.*$/s, "")));
}

/** With no dots: the library takes `::1.2.3.4`, which is `::102:304`, for `::ffff:1.2.3.4`. */
function inHex(ipv6: string): string {
  return new URL(`http://[${ipv6}]`).hostname.slice(1, -1);
}

/** The block that `10.0.0.0/8` or `::1/128` names. Throws when the text names none. */
export function parseBlock(cidr: string): AddressBlock {
  return ipaddr.parseCIDR(cidr);
}

export function isWithin(address: Address, [first, bits]: AddressBlock): boolean {
  return address.kind() === first.kind() && address.match(first, bits);
}
