import { startDnsServer } from "../../../../test/support/dns-server.ts";
import type { DnsServer } from "../../../../test/support/dns-server.ts";
import { createDnsQuery } from "./dns-query.ts";
import type { DnsQuery } from "./dns-query.ts";

let dns: DnsServer;
let query: DnsQuery;

beforeEach(async () => {
  dns = await startDnsServer();
  query = createDnsQuery({ timeoutMs: 600, servers: [dns.address] });
});

afterEach(() => dns.close());

test("addresses of both families are found, under the shortest life of any", async () => {
  dns.answer("both.test", ({ type }) =>
    type === "A" ? { a: ["192.0.2.1", "192.0.2.2"], ttlSeconds: 60 } : { aaaa: ["2001:db8::1"], ttlSeconds: 7 },
  );
  const result = await query("both.test");
  expect(result).toMatchObject({ kind: "found", ttlMs: 7_000 });
  expect(result.kind === "found" && result.addresses.map(({ address }) => address).toSorted()).toEqual([
    "192.0.2.1",
    "192.0.2.2",
    "2001:db8::1",
  ]);
});

test("a name that stands for another has the other's addresses", async () => {
  dns.answer("alias.test", { cname: "middle.test", ttlSeconds: 20 });
  dns.answer("middle.test", { cname: "real.test", ttlSeconds: 5 });
  dns.answer("real.test", { a: ["192.0.2.9"], ttlSeconds: 60 });
  expect(await query("alias.test")).toEqual({
    kind: "found",
    addresses: [{ address: "192.0.2.9", family: 4 }],
    ttlMs: 5_000,
  });
});

test("one family is enough", async () => {
  dns.answer("six.test", { aaaa: ["2001:db8::6"] });
  expect(await query("six.test")).toMatchObject({ addresses: [{ address: "2001:db8::6", family: 6 }] });
});

test("no such name, a name without addresses and a server's failure are told apart", async () => {
  dns.answer("bare.test", {});
  dns.answer("broken.test", "fail");
  expect(await query("nobody.test")).toEqual({ kind: "unknown" });
  expect(await query("bare.test")).toEqual({ kind: "unknown" });
  expect(await query("broken.test")).toEqual({ kind: "failed", code: "ESERVFAIL" });
  expect(await query(`${"x".repeat(64)}.test`)).toMatchObject({ kind: "failed" });
});

test("a server that keeps silent is given up in time", async () => {
  dns.answer("silent.test", "hang");
  const startedAtMs = performance.now();
  expect(await query("silent.test")).toEqual({ kind: "silent" });
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
});

test("a question that got lost is asked again", async () => {
  let lost = 0;
  dns.answer("lossy.test", ({ type }) => {
    if (type === "A" && lost++ === 0) return "hang";
    return { a: ["192.0.2.3"] };
  });
  expect(await query("lossy.test")).toMatchObject({ kind: "found" });
  expect(dns.questions.filter(({ type }) => type === "A")).toHaveLength(2);
});

test("a family that gets no answer holds the other one up but shortly", async () => {
  const patient = createDnsQuery({ timeoutMs: 20_000, servers: [dns.address] });
  dns.answer("half.test", ({ type }) => (type === "A" ? { a: ["192.0.2.4"] } : "hang"));
  const startedAtMs = performance.now();
  expect(await patient("half.test")).toMatchObject({ addresses: [{ address: "192.0.2.4", family: 4 }] });
  expect(performance.now() - startedAtMs).toBeLessThan(3_000);
});

test("no server at all is a failure", async () => {
  await dns.close();
  expect(await query("a.test")).toEqual({ kind: "failed", code: "ECONNREFUSED" });
  dns = await startDnsServer();
});
