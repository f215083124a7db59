import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask } from "../support/engines/ask.ts";
import { startRedisCluster } from "../support/engines/redis-cluster.ts";
import { startSentinel, startSentinelSet } from "../support/engines/sentinel-set.ts";
import { freePort } from "../support/free-port.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { startRedisServer } from "../support/redis-server.ts";
import { selfSigned } from "../support/self-signed.ts";
import { event, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const USER = "post@horn";
const PASSWORD = "p@ss:w/o%rd";
const LOGIN = `${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}`;

let receiver: Receiver;
let stack: Stack | undefined;
let folder: string;
const ends: (() => Promise<void>)[] = [];

beforeEach(async () => {
  receiver = await startReceiver();
  folder = mkdtempSync(join(tmpdir(), "posthorn-logins-"));
});
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
  for (const end of ends.splice(0)) await end();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

async function expectDelivery(redisUrl: string, env: Record<string, string> = {}): Promise<void> {
  stack = await startStack({ redisUrl, env: { BATCH_MAX_WAIT: "100ms", ...env } });
  await stack.createWebhook(receiver.url);
  await stack.send([event(1)]);
  await waitFor("the event", () => receiver.batches.length === 1);
  const logs = JSON.stringify([stack.api, ...stack.workers].flatMap((one) => one.logs));
  expect(logs).not.toContain(PASSWORD);
  expect(logs).not.toContain(encodeURIComponent(PASSWORD));
}

/** From now on only this user is let in. */
async function closeTo(port: number, user: string, password: string): Promise<void> {
  await ask(port, "ACL", "SETUSER", user, "on", `>${password}`, "~*", "&*", "+@all");
  await ask(port, "ACL", "SETUSER", "default", "off");
}

test("Sentinels and the Redis behind them each have a login of their own", async () => {
  const set = await startSentinelSet();
  ends.push(() => set.remove());
  for (const port of set.ports) await closeTo(port, "watch", "s3cret&more");
  for (const { port } of set.servers) await closeTo(port, USER, PASSWORD);
  const url = set.url.replace("://", `://${LOGIN}@`);
  await expectDelivery(`${url}/0?sentinelUsername=watch&sentinelPassword=${encodeURIComponent("s3cret&more")}`);
}, 120_000);

test("every node of a Cluster is logged in to", async () => {
  const cluster = await startRedisCluster({ masters: 3, replicasEach: 0 });
  ends.push(() => cluster.remove());
  for (const { port } of cluster.nodes) await closeTo(port, USER, PASSWORD);
  await expectDelivery(cluster.url.replace("://", `://${LOGIN}@`));
}, 120_000);

describe("connections are encrypted", () => {
  let trust: Record<string, string>;
  let tlsPort: number;
  let tls: readonly string[];

  beforeEach(async () => {
    const { key, cert } = selfSigned();
    const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    writeFileSync(keyFile, key);
    writeFileSync(certFile, cert);
    trust = { NODE_EXTRA_CA_CERTS: certFile };
    tlsPort = await freePort();
    tls = [
      ["tls-cert-file", certFile],
      ["tls-key-file", keyFile],
      ["tls-ca-cert-file", certFile],
      ["tls-auth-clients", "no"],
    ].map(([name, value]) => `${name} ${value}`);
  });

  const asArguments = (settings: readonly string[]): string[] =>
    settings.flatMap((setting) => setting.split(" ").map((part, index) => (index === 0 ? `--${part}` : part)));

  test("to one Redis", async () => {
    const server = await startRedisServer(asArguments([...tls, `tls-port ${tlsPort}`]));
    ends.push(() => server.remove());
    await expectDelivery(`rediss://localhost:${tlsPort}`, trust);
  }, 60_000);

  test("to a Sentinel and to the Redis behind it", async () => {
    const server = await startRedisServer(asArguments([...tls, `tls-port ${tlsPort}`]));
    ends.push(() => server.remove());
    const sentinelPort = await freePort();
    const settings = [...tls, `tls-port ${sentinelPort}`, "tls-replication yes"];
    const sentinel = await startSentinel(tlsPort, { quorum: 1, settings });
    ends.push(() => sentinel.remove());
    await expectDelivery(`rediss+sentinel://localhost:${sentinelPort}/posthorn`, trust);
  }, 60_000);

  test("to a Cluster", async () => {
    const settings = asArguments([...tls, `tls-port ${tlsPort}`, "tls-cluster yes"]);
    const cluster = await startRedisCluster({ masters: 1, replicasEach: 0, settings });
    ends.push(() => cluster.remove());
    await expectDelivery(`rediss+cluster://localhost:${tlsPort}`, trust);
  }, 60_000);
});
