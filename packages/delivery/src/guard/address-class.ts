import { isWithin, parseAddress } from "./address.ts";
import type { Address } from "./address.ts";
import { embeddedAddress } from "./embedded-address.ts";
import { GLOBAL_UNICAST_V6, SPECIAL_RANGES } from "./special-ranges.ts";
import type { RangeName } from "./special-ranges.ts";

/** Whether an address belongs to the public Internet. */
export type AddressClass =
  | { readonly kind: "public" }
  | {
      readonly kind: "refused";
      readonly range: RangeName;
      /** Who says so, e.g. `RFC 1918`. */
      readonly source: string;
      /** The IPv4 address that it stands for. */
      readonly embedded?: string;
    };

/**
 * Classifies an address in the platform's spelling. One that stands for an IPv4 address is always refused, also for a
 * public one: it would be reached through a translator or tunnel of this network, which decides by rules of its own
 * where that leads.
 */
export function classifyAddress(text: string): AddressClass {
  const address = parseAddress(text);
  if (address === undefined) return { kind: "refused", range: "unreadable", source: "RFC 4291" };
  const range = SPECIAL_RANGES.find(({ blocks }) => blocks.some((block) => isWithin(address, block)));
  if (range !== undefined) {
    const { name, source, embedding } = range;
    const embedded = embedding === undefined ? {} : { embedded: embeddedAddress(address, embedding) };
    return { kind: "refused", range: name, source, ...embedded };
  }
  return isGlobalUnicast(address) ? { kind: "public" } : { kind: "refused", range: "reserved", source: "RFC 4291" };
}

function isGlobalUnicast(address: Address): boolean {
  return address.kind() === "ipv4" || isWithin(address, GLOBAL_UNICAST_V6);
}
