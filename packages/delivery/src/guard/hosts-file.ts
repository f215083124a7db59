import type { LookupAddress } from "node:dns";
import { readFile, stat } from "node:fs/promises";
import { isIP } from "node:net";

/** The addresses that this machine's own list gives a name, which is in lower case and without a dot at its end. */
export type HostsFile = (name: string) => Promise<readonly LookupAddress[] | undefined>;

type Hosts = ReadonlyMap<string, readonly LookupAddress[]>;

/** Reads the file again when it has changed; one that cannot be read names nobody. */
export function createHostsFile(file: string): HostsFile {
  let hosts: Hosts = new Map();
  let version = "";
  return async (name) => {
    try {
      const { mtimeMs, size, ino } = await stat(file);
      const found = `${mtimeMs} ${size} ${ino}`;
      if (found !== version) {
        hosts = parseHosts(await readFile(file, "utf8"));
        version = found;
      }
    } catch {
      return undefined;
    }
    return hosts.get(name);
  };
}

/** Lines of an address and its names, as `hosts(5)` describes them. */
export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, LookupAddress[]>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/s, "").trim().split(/\s+/);
    const family = isIP(address);
    // A zone is for link-local addresses, which some systems give to `localhost` besides; no target is meant by it.
    if (family === 0 || address.includes("%")) continue;
    for (const name of names.map((one) => one.toLowerCase())) {
      const known = hosts.get(name);
      if (known === undefined) hosts.set(name, [{ address, family }]);
      else known.push({ address, family });
    }
  }
  return hosts;
}

/** Where the system has it. */
export function hostsFilePath(): string {
  return process.platform === "win32"
    ? `${process.env["SystemRoot"] ?? "C:\\Windows"}\\System32\\drivers\\etc\\hosts`
    : "/etc/hosts";
}
