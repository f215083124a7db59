import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AttemptOutcome } from "@posthorn/core";
import { startDnsServer } from "../../../../test/support/dns-server.ts";
import type { DnsServer } from "../../../../test/support/dns-server.ts";
import { REFUSED_HOSTS } from "../../../../test/support/host-spellings.ts";
import { NO_TOKENS, openAccess } from "../../../../test/support/target-access.ts";
import { waitFor } from "../../../../test/support/wait-for.ts";
import { createDeliver } from "../client.ts";
import type { Deliverer } from "../client.ts";
import { createGuard } from "./guard.ts";

/** Stands for the public Internet, of which tests have none. */
const OPEN = "127.0.0.1";
/** Reaches the same target, but is not open. */
const CLOSED = "127.0.0.2";
const BODY = Buffer.from("[]");

let dns: DnsServer;
let target: Server;
let port: number;
/** The address at which each connection came in. */
let connectedAt: string[];
let deliverers: Deliverer[];

beforeEach(async () => {
  dns = await startDnsServer();
  connectedAt = [];
  deliverers = [];
  // Each attempt takes a connection of its own.
  target = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(200, { connection: "close" }).end());
  });
  target.on("connection", (socket) => connectedAt.push(String(socket.localAddress)));
  await new Promise<void>((resolve) => target.listen(0, "0.0.0.0", resolve));
  ({ port } = target.address() as AddressInfo);
});

afterEach(async () => {
  for (const deliverer of deliverers) deliverer.close();
  target.closeAllConnections();
  await new Promise((resolve) => target.close(resolve));
  await dns.close();
});

type GuardOptions = Parameters<typeof createGuard>[0];

/** What one process delivers with. */
function startProcess(
  options: Partial<Omit<GuardOptions, "allow">> & { allow?: Partial<GuardOptions["allow"]> } = {},
): (url: string, access?: Partial<Parameters<Deliverer["deliver"]>[0]>) => Promise<AttemptOutcome> {
  const { allow, ...others } = options;
  const guard = createGuard({
    ports: "any",
    servers: [dns.address],
    hostsFile: "/nowhere",
    platformLookup: async () => [],
    lookupTimeoutMs: 1_000,
    ...others,
    allow: { everything: false, ranges: [`${OPEN}/32`], hosts: [], suffixes: [], ...allow },
  });
  const deliverer = createDeliver({ userAgent: "x", timeoutMs: 5_000, tokens: NO_TOKENS, guard });
  deliverers.push(deliverer);
  return (url, access = {}) =>
    deliverer.deliver({
      ...openAccess(url),
      batchId: "b",
      bodyBytes: BODY.length,
      body: async function* () {
        yield BODY;
      },
      ...access,
    });
}

const REFUSED = { kind: "unreachable", reason: "refused", errorCode: "ETARGETREFUSED", stalledUpload: false };

test("a target with a name is found, and the address that was checked is the one connected to", async () => {
  dns.answer("target.test", { a: [OPEN] });
  const deliver = startProcess();
  expect(await deliver(`http://target.test:${port}/`)).toMatchObject({ status: 200 });
  expect(connectedAt).toEqual([OPEN]);
  expect(dns.questions.map(({ name, type }) => `${type} ${name}`).toSorted()).toEqual([
    "A target.test",
    "AAAA target.test",
  ]);
});

test("a name that stands for another leads where that one does", async () => {
  dns.answer("alias.test", { cname: "real.test" });
  dns.answer("real.test", { a: [OPEN] });
  dns.answer("trap.test", { cname: "inner.test" });
  dns.answer("inner.test", { a: [CLOSED] });
  const deliver = startProcess();
  expect(await deliver(`http://alias.test:${port}/`)).toMatchObject({ status: 200 });
  expect(await deliver(`http://trap.test:${port}/`)).toMatchObject(REFUSED);
  expect(connectedAt).toEqual([OPEN]);
});

test("an address that nobody answers at gives way to one of the other family", async () => {
  dns.answer("both.test", { a: [OPEN], aaaa: ["::1"] });
  const deliver = startProcess({ allow: { ranges: [`${OPEN}/32`, "::1/128"] } });
  expect(await deliver(`http://both.test:${port}/`)).toMatchObject({ status: 200 });
  expect(connectedAt).toEqual([OPEN]);
});

test("one bad address among good ones refuses the name, of whichever family it is", async () => {
  dns.answer("mixed4.test", { a: [OPEN, "10.1.2.3"] });
  dns.answer("mixed6.test", { a: [OPEN], aaaa: ["fd00:ec2::254"] });
  const deliver = startProcess();
  expect(await deliver(`http://mixed4.test:${port}/`)).toMatchObject({
    ...REFUSED,
    message:
      "mixed4.test leads to an address that is refused: " +
      "10.1.2.3 is a private address (RFC 1918); TARGET_ALLOW opens it on purpose",
  });
  expect(await deliver(`http://mixed6.test:${port}/`)).toMatchObject({
    ...REFUSED,
    message: expect.stringContaining("fd00:ec2::254 is a metadata address (AWS)"),
  });
  expect(connectedAt).toEqual([]);
});

test("a name that is bound to a closed address after it was checked gains nothing", async () => {
  let asked = 0;
  dns.answer("rebinding.test", ({ type }) => {
    if (type !== "A") return {};
    return { a: [asked++ === 0 ? OPEN : CLOSED], ttlSeconds: 0 };
  });
  const url = `http://rebinding.test:${port}/`;
  const deliver = startProcess();
  expect(await deliver(url)).toMatchObject({ status: 200 });
  // What was checked was not asked for once more in order to connect.
  expect(asked).toBe(1);
  await waitFor("the name being refused", async () => (await deliver(url)).kind === "unreachable");
  expect(await deliver(url)).toMatchObject(REFUSED);
  expect(new Set(connectedAt)).toEqual(new Set([OPEN]));
});

test("an answer is good for as long as DNS says", async () => {
  dns.answer("kept.test", { a: [OPEN], ttlSeconds: 300 });
  dns.answer("brief.test", { a: [OPEN], ttlSeconds: 1 });
  const deliver = startProcess();
  const ask = async (name: string): Promise<number> => {
    await deliver(`http://${name}:${port}/`);
    return dns.questions.filter((question) => question.name === name && question.type === "A").length;
  };
  expect(await ask("kept.test")).toBe(1);
  expect(await ask("brief.test")).toBe(1);
  await waitFor("the brief one being asked for again", async () => (await ask("brief.test")) === 2);
  expect(await ask("kept.test")).toBe(1);
});

test("every spelling of a closed address in a URL is refused, without a connection or a look-up", async () => {
  const deliver = startProcess({ allow: { ranges: [] } });
  for (const [host] of REFUSED_HOSTS) {
    const outcomes = [await deliver(`http://${host}:${port}/`), await deliver(`https://${host}:${port}/`)];
    for (const outcome of outcomes) expect([host, outcome]).toEqual([host, expect.objectContaining(REFUSED)]);
  }
  expect(connectedAt).toEqual([]);
  expect(dns.questions).toEqual([]);
});

test("what only the system's look-up knows is checked like any other name", async () => {
  const deliver = startProcess({ platformLookup: async () => [{ address: CLOSED, family: 4 }] });
  expect(await deliver(`http://intranet:${port}/`)).toMatchObject(REFUSED);
});

test("the hosts file's names are found and checked", async () => {
  const dir = mkdtempSync(join(tmpdir(), "posthorn-hosts-"));
  const hostsFile = join(dir, "hosts");
  writeFileSync(hostsFile, `${OPEN} near\n${CLOSED} far\n`);
  const deliver = startProcess({ hostsFile });
  expect(await deliver(`http://near:${port}/`)).toMatchObject({ status: 200 });
  expect(await deliver(`http://FAR.:${port}/`)).toMatchObject(REFUSED);
  expect(dns.questions).toEqual([]);
  rmSync(dir, { recursive: true });
});

test("a name that is allowed may lead anywhere", async () => {
  dns.answer("inner.corp.test", { a: [OPEN] });
  dns.answer("inner.test", { a: [OPEN] });
  const deliver = startProcess({ allow: { ranges: [], suffixes: [".corp.test"] } });
  expect(await deliver(`http://inner.corp.test:${port}/`)).toMatchObject({ status: 200 });
  expect(await deliver(`http://inner.test:${port}/`)).toMatchObject(REFUSED);
  expect(connectedAt).toEqual([OPEN]);
});

test("ports that are not listed are refused, for names and addresses alike", async () => {
  dns.answer("target.test", { a: [OPEN] });
  const deliver = startProcess({
    ports: [
      [443, 443],
      [port, port],
    ],
  });
  expect(await deliver(`http://target.test:${port}/`)).toMatchObject({ status: 200 });
  for (const url of ["http://target.test/", `http://${OPEN}:25/`, `https://${OPEN}:444/`]) {
    expect(await deliver(url)).toMatchObject({ reason: "refused", errorCode: "ETARGETPORT" });
  }
});

test("a token URL is guarded as a target is", async () => {
  const deliver = startProcess();
  const details = { kind: "oauth2", body: { client_id: "ada", client_secret: "s3cret" }, tokenKey: "k" } as const;
  const url = "http://ada:pa55@169.254.169.254/latest/api/token";
  expect(await deliver(`http://${OPEN}:${port}/`, { auth: { ...details, url } })).toMatchObject({
    kind: "unreachable",
    reason: "auth",
    errorCode: "ETARGETREFUSED",
    message: expect.stringMatching(/169\.254\.169\.254 is a metadata address/),
  });
  expect(connectedAt).toEqual([]);
});

test("no credentials of a URL are told", async () => {
  const deliver = startProcess({ ports: [[port, port]] });
  dns.answer("closed.test", { a: [CLOSED] });
  const urls = [`10.1.2.3:${port}`, `closed.test:${port}`, `nobody.test:${port}`, `${OPEN}:25`];
  for (const host of urls) {
    const outcome = await deliver(`http://us3r:pa55@${host}/`);
    expect(outcome.kind).toBe("unreachable");
    expect(JSON.stringify(outcome)).not.toMatch(/us3r|pa55/);
  }
});

test("a name that is not known fails as such, and one whose server keeps silent in time", async () => {
  dns.answer("silent.test", "hang");
  const deliver = startProcess({ lookupTimeoutMs: 200 });
  expect(await deliver(`http://nobody.test:${port}/`)).toMatchObject({ reason: "dns", errorCode: "ENOTFOUND" });
  expect(await deliver(`http://silent.test:${port}/`)).toMatchObject({ reason: "dns", errorCode: "ETIMEOUT" });
  const asked = dns.questions.length;
  expect(await deliver(`http://silent.test:${port}/`)).toMatchObject({ reason: "dns", errorCode: "ETIMEOUT" });
  expect(dns.questions).toHaveLength(asked);
});

test.each([
  ["fifty names whose server never answers do not hold up a healthy one", 50, 0],
  ["more of them than there are places hold it up no longer than one of them takes", 100, 64],
])("%s", async (_, count, endedBefore) => {
  dns.answer("healthy.test", { a: [OPEN] });
  const deliver = startProcess({ lookupTimeoutMs: 1_000 });
  const ended: string[] = [];
  const end = async (name: string): Promise<AttemptOutcome> => {
    const outcome = await deliver(`http://${name}:${port}/`);
    ended.push(name);
    return outcome;
  };
  const dead = Array.from({ length: count }, (_value, n) => `dead${n}.test`);
  for (const name of dead) dns.answer(name, "hang");
  const outcomes = dead.map(end);
  expect(await end("healthy.test")).toMatchObject({ status: 200 });
  expect(ended.length - 1).toBeLessThanOrEqual(endedBefore);
  for (const outcome of await Promise.all(outcomes)) expect(outcome).toMatchObject({ reason: "dns" });
});
