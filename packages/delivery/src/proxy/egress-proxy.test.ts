import type { AttemptOutcome } from "@posthorn/core";
import { createServer as createTlsServer } from "node:tls";
import { startForwardProxy } from "../../../../test/support/forward-proxy.ts";
import type { ForwardProxy } from "../../../../test/support/forward-proxy.ts";
import { freePort } from "../../../../test/support/free-port.ts";
import { isComplete, startRawTarget } from "../../../../test/support/raw-target.ts";
import { startReceiver } from "../../../../test/support/receiver.ts";
import type { Receiver } from "../../../../test/support/receiver.ts";
import { selfSigned } from "../../../../test/support/self-signed.ts";
import { LOOPBACK_GUARD, NO_TOKENS, openAccess } from "../../../../test/support/target-access.ts";
import { waitFor } from "../../../../test/support/wait-for.ts";
import { createDeliver } from "../client.ts";
import type { Deliverer } from "../client.ts";
import { createGuard } from "../guard/guard.ts";
import type { Guard } from "../guard/guard.ts";
import type { DeliverRequest } from "../post-batch.ts";

const BODY = Buffer.from('[{"msys":{"message_event":{"type":"delivery"}}}]');
const TIMEOUT_MS = 1_000;
const STRICT = createGuard({ allow: { everything: false, ranges: [], hosts: [], suffixes: [] }, ports: [[1, 60_999]] });

let receiver: Receiver;
let proxy: ForwardProxy;
let deliverers: Deliverer[];
beforeEach(async () => {
  deliverers = [];
  receiver = await startReceiver();
  proxy = await startForwardProxy({ credentials: "us3r:pa55" });
});
afterEach(async () => {
  for (const deliverer of deliverers) deliverer.close();
  await proxy.close();
  await receiver.close();
});

/** Names under `.test` are known to nobody but the proxy. */
const target = (): string => `http://target.test:${receiver.port}/hook`;

function deliverBy(options: { readonly proxy?: string; readonly guard?: Guard; readonly ca?: Buffer } = {}): Deliverer {
  const all = { userAgent: "x", timeoutMs: TIMEOUT_MS, tokens: NO_TOKENS, proxy: proxy.url, guard: LOOPBACK_GUARD };
  const deliverer = createDeliver({ ...all, ...options });
  deliverers.push(deliverer);
  return deliverer;
}

function deliver(changes: Partial<DeliverRequest> = {}, by: Deliverer = deliverBy()): Promise<AttemptOutcome> {
  const body = async function* (): AsyncGenerator<Buffer> {
    yield BODY;
  };
  return by.deliver({ ...openAccess(target()), batchId: "b1", bodyBytes: BODY.length, body, ...changes });
}

test("a target whose name only the proxy knows gets its batch through it, with nothing of the proxy's in it", async () => {
  expect(await deliver()).toMatchObject({ kind: "answered", status: 200 });
  expect(receiver.batches[0]?.body.equals(BODY)).toBe(true);
  expect(receiver.batches[0]?.headers).toMatchObject({ host: `target.test:${receiver.port}` });
  expect(Object.keys(receiver.batches[0]?.headers ?? {}).filter((name) => name.includes("proxy"))).toEqual([]);
  expect(proxy).toMatchObject({ connects: [`target.test:${receiver.port}`], passed: [] });
});

test("a connection through the proxy is kept, and replaced when the target has closed it", async () => {
  const by = deliverBy();
  for (let n = 0; n < 3; n++) expect(await deliver({}, by)).toMatchObject({ status: 200 });
  expect(proxy.connects).toHaveLength(1);
  await receiver.stop();
  await receiver.start();
  expect(await deliver({}, by)).toMatchObject({ status: 200 });
  expect(proxy.connects).toHaveLength(2);
});

test.each([
  ["over plain HTTP", () => undefined],
  ["over TLS", selfSigned],
])(
  "a proxy that is spoken to %s leads to a target that is spoken to by TLS, whose certificate counts",
  async (_, make) => {
    const [tls, mine] = [make(), selfSigned()];
    const through = await startForwardProxy(tls === undefined ? {} : { tls });
    const secure = await startRawTarget((socket, received) => {
      if (isComplete(received)) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }, createTlsServer(mine));
    const by = deliverBy({ proxy: through.url, ...(tls === undefined ? {} : { ca: tls.cert }) });
    const at = { target: `https://localhost:${secure.port}/` };
    expect(await deliver(at, by)).toMatchObject({ reason: "tls", errorCode: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    const trusted = { ...at, tlsCa: mine.cert.toString() };
    expect(await deliver(trusted, by)).toMatchObject({ status: 200 });
    expect(await deliver(trusted, by)).toMatchObject({ status: 200 });
    expect(through).toMatchObject({ passed: [], connects: [1, 2].map(() => `localhost:${secure.port}`) });
    const misnamed = { ...trusted, target: `https://target.test:${secure.port}/` };
    expect(await deliver(misnamed, by)).toMatchObject({ reason: "tls", errorCode: "ERR_TLS_CERT_ALTNAME_INVALID" });
    by.close();
    await Promise.all([through.close(), secure.close()]);
  },
);

test("a proxy whose certificate nobody vouches for gets neither its password nor a batch", async () => {
  const through = await startForwardProxy({ tls: selfSigned(), credentials: "us3r:pa55" });
  const outcome = await deliver({}, deliverBy({ proxy: through.url }));
  expect(outcome).toMatchObject({ reason: "proxy", errorCode: "EPROXY_DEPTH_ZERO_SELF_SIGNED_CERT" });
  expect(through.connects).toEqual([]);
  await through.close();
});

describe("a proxy that makes no connection is named as the reason, and nothing goes round it:", () => {
  const failed = (errorCode: string, message: string) => ({
    kind: "unreachable",
    reason: "proxy",
    errorCode,
    message: expect.stringContaining(message),
    stalledUpload: false,
  });

  test.each([
    ["it wants another password", { status: 407 }, "EPROXY_407", "check user and password in EGRESS_PROXY"],
    ["it lets nobody in there", { status: 403 }, "EPROXY_403", "let it allow CONNECT to target.test:"],
    ["it answers 410, which a target would be switched off for", { status: 410 }, "EPROXY_410", "answered 410"],
    ["it redirects", { status: 302 }, "EPROXY_302", "answered 302"],
    ["it does not reach the target", { status: 502 }, "EPROXY_502", "it got no connection to target.test:"],
    ["it is overloaded", { status: 503 }, "EPROXY_503", "its log says why"],
    ["it hangs", "hang", "EPROXY_TIMEOUT", "made no connection to target.test:"],
    ["it closes the connection", "reset", "EPROXY_ECONNRESET", "check EGRESS_PROXY"],
  ] as const)("%s", async (_, behaviour, errorCode, message) => {
    proxy.behave(behaviour);
    const outcome = await deliver({ target: receiver.url });
    expect(outcome).toMatchObject(failed(errorCode, message.replace("target.test", "127.0.0.1")));
    expect(JSON.stringify(outcome)).not.toMatch(/us3r|pa55|secret/);
    expect(outcome.latencyMs).toBeLessThan(2 * TIMEOUT_MS);
    expect(receiver.batches).toEqual([]);
    // A proxy that hangs keeps no connection of an attempt that is over.
    await waitFor("all connections to the proxy being closed", () => proxy.openConnections() === 0);
  });

  test.each([
    ["away", async () => `http://us3r:pa55@127.0.0.1:${await freePort()}`, "EPROXY_ECONNREFUSED"],
    ["unknown", async () => "http://us3r:pa55@proxy.invalid:3128", "EPROXY_ENOTFOUND"],
    ["no proxy", async () => receiver.url.replace("/hook?from=posthorn", ""), "EPROXY_ECONNRESET"],
    ["given another password", async () => proxy.url.replace("pa55", "pa56"), "EPROXY_407"],
  ])("it is %s", async (_, url, errorCode) => {
    const outcome = await deliver({ target: receiver.url }, deliverBy({ proxy: await url() }));
    expect(outcome).toMatchObject(failed(errorCode, "EGRESS_PROXY"));
    expect(JSON.stringify(outcome)).not.toMatch(/us3r|pa5/);
    expect(receiver.batches).toEqual([]);
  });
});

test("a connection that is cut after it was made is the target's failure", async () => {
  proxy.behave("cut");
  expect(await deliver()).toMatchObject({ kind: "unreachable", reason: "reset" });
});

test("a target that hangs behind the proxy ends in time", async () => {
  receiver.answerWith(() => "hang");
  const outcome = await deliver();
  expect(outcome).toMatchObject({ reason: "timeout", errorCode: "ETIMEDOUT" });
  expect(outcome.latencyMs).toBeLessThan(2 * TIMEOUT_MS);
});

test("variables that name a proxy for other programs change nothing, with a proxy of our own or without", async () => {
  const other = await startForwardProxy();
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"];
  const before = names.map((name) => process.env[name]);
  for (const name of names) process.env[name] = other.url;
  try {
    expect(await deliver()).toMatchObject({ status: 200 });
    const { proxy: _, ...direct } = { userAgent: "x", timeoutMs: TIMEOUT_MS, tokens: NO_TOKENS, proxy: undefined };
    const by = createDeliver({ ...direct, guard: LOOPBACK_GUARD });
    deliverers.push(by);
    expect(await deliver({ target: receiver.url }, by)).toMatchObject({ status: 200 });
    expect([proxy.connects.length, other.connects.length, other.passed.length]).toEqual([1, 0, 0]);
  } finally {
    names.forEach((name, at) => {
      if (before[at] === undefined) delete process.env[name];
      else process.env[name] = before[at];
    });
    await other.close();
  }
});

describe("what can be told without a look-up is still refused here:", () => {
  test.each([
    ["http://127.0.0.1:8080/", "ETARGETREFUSED"],
    ["https://169.254.169.254/", "ETARGETREFUSED"],
    ["http://0x7f.1/", "ETARGETREFUSED"],
    ["http://[::ffff:10.0.0.1]/", "ETARGETREFUSED"],
    ["http://localhost:8080/", "ETARGETREFUSED"],
    ["http://a.LOCALHOST./", "ETARGETREFUSED"],
    ["http://target.test:61000/", "ETARGETPORT"],
  ])("%s", async (url, errorCode) => {
    const outcome = await deliver({ target: url }, deliverBy({ guard: STRICT }));
    expect(outcome).toMatchObject({ reason: "refused", errorCode });
    expect(proxy.connects).toEqual([]);
  });
});
