import { isWithin, parseAddress, parseBlock } from "./address.ts";
import { classifyAddress } from "./address-class.ts";
import type { AddressClass } from "./address-class.ts";

/** Whom the operator lets in on purpose, beside everybody on the public Internet. */
export interface TargetAllow {
  /** Anybody: there is no guard then. */
  readonly everything: boolean;
  /** Blocks of addresses (`10.0.0.0/8`), whatever name leads there. */
  readonly ranges: readonly string[];
  /** Names, in lower case, whatever their addresses. */
  readonly hosts: readonly string[];
  /** All names that end so, e.g. `.example.com`. */
  readonly suffixes: readonly string[];
}

/** The ports that may be connected to, as ranges from and to. */
export type TargetPorts = "any" | readonly (readonly [from: number, to: number])[];

export interface TargetRulesOptions {
  readonly allow: TargetAllow;
  readonly ports: TargetPorts;
}

/** Who may be connected to. Answers say in words why somebody may not; `undefined`: he may. */
export interface TargetRules {
  /** `host` is what the URL says, and may be the address itself. */
  refuseAddress(host: string, address: string): string | undefined;
  refusePort(port: number): string | undefined;
}

type Refused = Extract<AddressClass, { readonly kind: "refused" }>;

export function createTargetRules({ allow, ports }: TargetRulesOptions): TargetRules {
  const blocks = allow.ranges.map(parseBlock);

  const isOpenHost = (host: string): boolean => {
    const name = host.toLowerCase().replace(/\.$/, "");
    return allow.hosts.includes(name) || allow.suffixes.some((suffix) => name.endsWith(suffix));
  };

  const isOpened = (text: string, { range }: Refused): boolean => {
    const address = parseAddress(text);
    if (address === undefined) return false;
    return blocks.some((block) => {
      const [first, bits] = block;
      // Credentials of the machine are not given away by a range that happens to hold the address.
      const isMeant = range !== "metadata" || bits === first.toByteArray().length * 8;
      return isMeant && isWithin(address, block);
    });
  };

  const refuse = (address: string): string | undefined => {
    const found = classifyAddress(address);
    if (found.kind === "public") return undefined;
    if (!isOpened(address, found)) return `${describe(address, found)}; TARGET_ALLOW opens it on purpose`;
    // To open a translator is not to open all that it leads to.
    const inner = found.embedded === undefined ? undefined : refuse(found.embedded);
    return inner === undefined ? undefined : `${address} leads to another address: ${inner}`;
  };

  return {
    refuseAddress: (host, address) => (allow.everything || isOpenHost(host) ? undefined : refuse(address)),
    refusePort: (port) =>
      ports === "any" || ports.some(([from, to]) => port >= from && port <= to)
        ? undefined
        : `port ${port} is not among those of TARGET_PORTS`,
  };
}

function describe(address: string, { range, source, embedded }: Refused): string {
  if (range === "unreadable") return `${address} is no address`;
  const article = /^(IPv4|unsp|AMT)/.test(range) ? "an" : "a";
  const inner = embedded === undefined ? "" : ` for ${embedded}`;
  return `${address} is ${article} ${range} address${inner} (${source})`;
}
