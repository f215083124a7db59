import { createTargetRules } from "./target-rules.ts";
import type { TargetAllow, TargetRules } from "./target-rules.ts";

const NOBODY: TargetAllow = { everything: false, ranges: [], hosts: [], suffixes: [] };

function allowing(allow: Partial<TargetAllow>): TargetRules {
  return createTargetRules({ allow: { ...NOBODY, ...allow }, ports: "any" });
}

test("public addresses need no permission", () => {
  expect(allowing({}).refuseAddress("example.com", "93.184.215.14")).toBeUndefined();
  expect(allowing({}).refuseAddress("example.com", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")).toBeUndefined();
});

test("a refusal says what the address is and what opens it", () => {
  const { refuseAddress } = allowing({});
  expect(refuseAddress("example.com", "10.1.2.3")).toBe(
    "10.1.2.3 is a private address (RFC 1918); TARGET_ALLOW opens it on purpose",
  );
  expect(refuseAddress("example.com", "64:ff9b::a01:203")).toBe(
    "64:ff9b::a01:203 is a NAT64 address for 10.1.2.3 (RFC 6052); TARGET_ALLOW opens it on purpose",
  );
  expect(refuseAddress("example.com", "127.1")).toBe("127.1 is no address; TARGET_ALLOW opens it on purpose");
});

test("a range opens its addresses whatever the name, and no others", () => {
  const { refuseAddress } = allowing({ ranges: ["10.1.0.0/16", "::1/128"] });
  expect(refuseAddress("a.example", "10.1.255.255")).toBeUndefined();
  expect(refuseAddress("10.1.0.1", "10.1.0.1")).toBeUndefined();
  expect(refuseAddress("b.example", "::1")).toBeUndefined();
  expect(refuseAddress("b.example", "10.2.0.0")).toContain("private");
  expect(refuseAddress("b.example", "127.0.0.1")).toContain("loopback");
});

test("a name opens whatever it resolves to, however it is written, and no other name", () => {
  const { refuseAddress } = allowing({ hosts: ["hooks.internal"], suffixes: [".corp.example"] });
  for (const host of ["hooks.internal", "Hooks.Internal", "hooks.internal.", "a.corp.example", "a.b.corp.example."]) {
    expect(refuseAddress(host, "10.1.2.3")).toBeUndefined();
  }
  for (const host of ["x.hooks.internal", "hooks.internal.example", "corp.example", "evilcorp.example", "10.1.2.3"]) {
    expect(refuseAddress(host, "10.1.2.3")).toContain("private");
  }
});

test("a range that holds a metadata address does not open it; the address itself, its host or everything does", () => {
  const metadata = ["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"];
  const ranges = ["169.254.0.0/16", "fd00::/8", "100.64.0.0/10", "0.0.0.0/0", "::/0", "169.254.169.254/31"];
  for (const address of metadata) {
    expect(allowing({ ranges }).refuseAddress("a.example", address)).toContain("metadata");
    const itself = [`${address}/${address.includes(":") ? 128 : 32}`];
    expect(allowing({ ranges: itself }).refuseAddress("a.example", address)).toBeUndefined();
    expect(allowing({ hosts: ["a.example"] }).refuseAddress("a.example", address)).toBeUndefined();
    expect(allowing({ everything: true }).refuseAddress("a.example", address)).toBeUndefined();
  }
});

test("a translator that is opened leads to what is open without it, and nowhere else", () => {
  const { refuseAddress } = allowing({ ranges: ["64:ff9b::/96", "::ffff:0:0/96", "10.0.0.0/8"] });
  expect(refuseAddress("a.example", "64:ff9b::808:808")).toBeUndefined();
  expect(refuseAddress("a.example", "64:ff9b::a01:203")).toBeUndefined();
  expect(refuseAddress("a.example", "64:ff9b::7f00:1")).toBe(
    "64:ff9b::7f00:1 leads to another address: 127.0.0.1 is a loopback address (RFC 1122); TARGET_ALLOW opens it on purpose",
  );
  expect(refuseAddress("a.example", "::ffff:169.254.169.254")).toContain("metadata");
});

test("what cannot be read is opened by everything only", () => {
  expect(allowing({ ranges: ["0.0.0.0/0", "::/0"] }).refuseAddress("a.example", "0x7f.1")).toContain("no address");
  expect(allowing({ everything: true }).refuseAddress("a.example", "10.1.2.3")).toBeUndefined();
});

test("ports are refused that are not listed", () => {
  const { refusePort } = createTargetRules({
    allow: NOBODY,
    ports: [
      [443, 443],
      [8_000, 8_999],
    ],
  });
  for (const port of [443, 8_000, 8_500, 8_999]) expect(refusePort(port)).toBeUndefined();
  for (const port of [25, 80, 442, 444, 7_999, 9_000]) {
    expect(refusePort(port)).toBe(`port ${port} is not among those of TARGET_PORTS`);
  }
  expect(allowing({}).refusePort(25)).toBeUndefined();
});
