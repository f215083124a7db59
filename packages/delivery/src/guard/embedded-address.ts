import ipaddr from "ipaddr.js";
import type { Address } from "./address.ts";

/** Where in an IPv6 address the IPv4 address stands that it is for. */
export interface Embedding {
  readonly atByte: number;
  /** Every bit of it turned, so that translators on the way leave it alone. */
  readonly inverted: boolean;
}

/** The IPv4 address, dotted, that an IPv6 one is for. */
export function embeddedAddress(address: Address, { atByte, inverted }: Embedding): string {
  const bytes = address.toByteArray().slice(atByte, atByte + 4);
  return new ipaddr.IPv4(inverted ? bytes.map((byte) => byte ^ 0xff) : bytes).toString();
}
