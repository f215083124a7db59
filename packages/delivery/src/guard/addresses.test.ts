import { isIP } from "node:net";
import fc from "fast-check";
import { PUBLIC_HOSTS, REFUSED_HOSTS } from "../../../../test/support/host-spellings.ts";
import { classifyAddress } from "./address-class.ts";
import type { AddressClass } from "./address-class.ts";

/** The host as it reaches a connection: written anew by the URL parser, without the brackets. */
function hostOf(spelling: string): string {
  return new URL(`http://${spelling}/`).hostname.replaceAll(/[[\]]/g, "");
}

const CHECKED = REFUSED_HOSTS.length + PUBLIC_HOSTS.length;
test(`${CHECKED} addresses are checked: ${REFUSED_HOSTS.length} to be refused, ${PUBLIC_HOSTS.length} public`, () => {
  expect(new Set([...REFUSED_HOSTS.map(([spelling]) => spelling), ...PUBLIC_HOSTS]).size).toBe(CHECKED);
  expect(CHECKED).toBeGreaterThanOrEqual(100);
});

test.each(REFUSED_HOSTS)("%s is refused as %s", (spelling, range) => {
  expect(classifyAddress(hostOf(spelling))).toMatchObject({ kind: "refused", range });
});

test.each(PUBLIC_HOSTS)("%s is public", (spelling) => {
  expect(classifyAddress(hostOf(spelling))).toEqual({ kind: "public" });
});

test("the address that another stands for is told", () => {
  const embedded = (text: string): string | undefined =>
    (classifyAddress(text) as Extract<AddressClass, { kind: "refused" }>).embedded;
  expect(embedded("::ffff:10.1.2.3")).toBe("10.1.2.3");
  expect(embedded("::ffff:0:10.1.2.3")).toBe("10.1.2.3");
  expect(embedded("::10.1.2.3")).toBe("10.1.2.3");
  expect(embedded("64:ff9b::a01:203")).toBe("10.1.2.3");
  expect(embedded("64:ff9b:1:2:3:4:a01:203")).toBe("10.1.2.3");
  expect(embedded("2002:a01:203::1")).toBe("10.1.2.3");
  expect(embedded("2001:0:102:304:0:0:f5fe:fdfc")).toBe("10.1.2.3");
  expect(embedded("10.1.2.3")).toBeUndefined();
  expect(embedded("fd00::a01:203")).toBeUndefined();
});

test("a zone does not hide an address", () => {
  expect(classifyAddress("fe80::1%eth0")).toMatchObject({ range: "link-local" });
  expect(classifyAddress("::1%lo")).toMatchObject({ range: "loopback" });
  expect(classifyAddress("fd00:ec2::254%en-0.1")).toMatchObject({ range: "metadata" });
});

test("every spelling of an address belongs to the same class as the URL parser's", () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const { hostname } = new URL(`http://[${text}]/`);
      const found = classifyAddress(text);
      expect(isIP(text)).toBe(6);
      expect(found).not.toMatchObject({ range: "unreadable" });
      expect(classifyAddress(hostname.slice(1, -1))).toEqual(found);
    }),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(fc.ipV4Extended(), (text) => {
      expect(classifyAddress(hostOf(text))).not.toMatchObject({ range: "unreadable" });
    }),
    { numRuns: 2_000 },
  );
});

test("what the platform would look up as a name is no address", () => {
  for (const text of ["", " ", "localhost", "127.1", "0x7f000001", "017700000001", "2130706433", "127.0.0.1."]) {
    expect(classifyAddress(text)).toMatchObject({ kind: "refused", range: "unreadable" });
  }
  for (const text of ["127.0.0.01", "1.2.3", "1.2.3.256", "[::1]", "::1::", "1.2.3.4/8", "::ffff:1.2.3"]) {
    expect(classifyAddress(text)).toMatchObject({ kind: "refused", range: "unreadable" });
  }
});
