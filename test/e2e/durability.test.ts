import { randomUUID } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort } from "../support/free-port.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { startRedisProxy } from "../support/redis-proxy.ts";
import type { RedisProxy } from "../support/redis-proxy.ts";
import { startRedisServer } from "../support/redis-server.ts";
import type { RedisServer } from "../support/redis-server.ts";
import { event, startStack } from "../support/stack.ts";
import type { Answer, Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const API = join(__dirname, "../../services/api/dist/main.js");

/** `TEST_REDIS_SERVER` names a Redis that has `WAITAOF` where the one found is older than 7.2. */
const version = process.env["TEST_REDIS_VERSION"] ?? "none";
const [major = 0, minor = 0] = version.split(".").map(Number);
const hasWaitAof = major > 7 || (major === 7 && minor >= 2);
if (!hasWaitAof) console.error(`Tests of WAITAOF: skipped, redis-server ${version} is older than 7.2`);
const withWaitAof = hasWaitAof ? test : test.skip;
const withoutWaitAof = hasWaitAof ? test.skip : test;

/** What is promised is 2 s; the rest is for a busy machine. */
const ANSWER_MAX_MS = 5_000;

let receiver: Receiver;
const servers: RedisServer[] = [];
let proxy: RedisProxy | undefined;
let stack: Stack | undefined;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
  await proxy?.close();
  proxy = undefined;
  for (const server of servers.splice(0)) await server.remove();
  await receiver.close();
});

async function startServer(...settings: readonly string[]): Promise<RedisServer> {
  const server = await startRedisServer(settings);
  servers.push(server);
  return server;
}

/** A Redis, and another one that follows it. */
async function startReplicated(): Promise<{ readonly master: RedisServer; readonly replica: RedisServer }> {
  const master = await startServer();
  const replica = await startServer("--replicaof", "127.0.0.1", String(master.port));
  await waitFor("the replica following", async () =>
    String(await command(replica, "INFO", "replication")).includes("master_link_status:up"),
  );
  return { master, replica };
}

async function command(server: RedisServer, ...[name = "", ...args]: readonly string[]): Promise<unknown> {
  const redis = new Redis(server.url);
  try {
    return await redis.call(name, ...args);
  } finally {
    redis.disconnect();
  }
}

/** Runs an API process until it ends by itself. */
async function startAndFail(redisUrl: string): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(process.execPath, [API], {
    env: {
      PATH: process.env["PATH"] ?? "",
      REDIS_URL: redisUrl,
      POSTHORN_API_KEY: "a-key-for-tests-only",
      POSTHORN_SECRET: "a secret for tests",
      PORT: String(await freePort()),
      DURABILITY: "fsync",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (part: Buffer) => (output += part.toString()));
  child.stderr.on("data", (part: Buffer) => (output += part.toString()));
  const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const [code] = (await once(child, "close")) as [number];
  clearTimeout(timer);
  return { code, output };
}

async function startDurable(redisUrl: string, durability: string): Promise<Stack> {
  stack = await startStack({ redisUrl, env: { BATCH_MAX_WAIT: "200ms", DURABILITY: durability } });
  await stack.createWebhook(receiver.url);
  return stack;
}

async function durabilityOf({ url }: Stack): Promise<string> {
  const body = (await (await fetch(`${url}/readyz`)).json()) as { results: { durability: string } };
  return body.results.durability;
}

async function post(
  { call }: Stack,
  events: readonly unknown[],
  key: string,
): Promise<Answer & { readonly tookMs: number }> {
  const startedAt = performance.now();
  const answer = await call("POST", "/api/v1/events", events, { "idempotency-key": key });
  return { ...answer, tookMs: performance.now() - startedAt };
}

/** Refused in time, then, when `heal` is done, stored by a repeat under the same key and delivered once. */
async function expectRefusedThenOnce(running: Stack, heal: () => Promise<void>): Promise<void> {
  const key = randomUUID();
  const events = Array.from({ length: 100 }, (_, n) => event(n));
  const refused = await post(running, events, key);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(refused.tookMs).toBeLessThan(ANSWER_MAX_MS);
  expect((await post(running, events, key)).status).toBe(503);
  await heal();
  await waitFor("the repeat's 200", async () => (await post(running, events, key)).status === 200);
  await waitFor("the events", () => receiver.batches.length > 0);
  await running.send([event(1_000)]);
  await waitFor("a later event", () => receiver.batches.length > 1);
  expect(receiver.batches.map((batch) => batch.events.length)).toEqual([100, 1]);
}

test("DURABILITY=fsync is refused by an API whose Redis writes nothing to disk", async () => {
  const redis = await startServer("--appendonly", "no");
  const { code, output } = await startAndFail(redis.url);
  expect(code).toBe(1);
  expect(output).toContain("DURABILITY=fsync cannot be kept");
  expect(output).toContain("Set appendonly yes");
}, 60_000);

withoutWaitAof(
  "DURABILITY=fsync under appendfsync everysec is refused by an API whose Redis has no WAITAOF",
  async () => {
    const redis = await startServer("--appendfsync", "everysec");
    const { code, output } = await startAndFail(redis.url);
    expect(code).toBe(1);
    expect(output).toMatch(/no WAITAOF, and appendfsync everysec\. Set appendfsync always, or use Redis 7\.2 or newer/);
  },
  60_000,
);

withWaitAof(
  "DURABILITY=fsync under appendfsync everysec is kept by WAITAOF",
  async () => {
    const redis = await startServer("--appendfsync", "everysec");
    const running = await startDurable(redis.url, "fsync");
    expect(await durabilityOf(running)).toMatch(/survives a crash .*WAITAOF/);
    await running.send([event(1)], { "idempotency-key": randomUUID() });
  },
  60_000,
);

test("DURABILITY=fsync: a request is stored and delivered on a Redis that writes before it answers", async () => {
  const redis = await startServer();
  const running = await startDurable(redis.url, "fsync");
  expect(await durabilityOf(running)).toMatch(/survives a crash of Redis and of its machine/);
  await running.send([event(1)]);
  await waitFor("the event", () => receiver.batches.length === 1);
}, 60_000);

withoutWaitAof(
  "DURABILITY=fsync: events get 503 while Redis has ceased to write before it answers, and readiness says what to do",
  async () => {
    const redis = await startServer();
    const running = await startDurable(redis.url, "fsync");
    await running.send([event(1)]);
    await command(redis, "CONFIG", "SET", "appendfsync", "everysec");
    const answer = (): Promise<Answer> => post(running, [event(2)], randomUUID());
    await waitFor("a refusal", async () => (await answer()).status === 503, 15_000);
    const refused = await answer();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await fetch(`${running.url}/readyz`)).status).toBe(503);
    expect(await durabilityOf(running)).toContain("Set appendfsync always");
    // One that is started again has the settings that it was started with.
    await redis.kill("SIGKILL");
    await redis.start();
    await waitFor("a Redis that keeps it", async () => (await answer()).status === 200, 15_000);
    expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
    // What is told otherwise before the first event on a new connection is seen before that is stored.
    await command(redis, "CONFIG", "SET", "appendfsync", "everysec");
    await command(redis, "CLIENT", "KILL", "TYPE", "normal");
    expect((await answer()).status).toBe(503);
  },
  60_000,
);

// Only WAITAOF notices; an older Redis has appendfsync always, and answers when it has written.
withWaitAof(
  "DURABILITY=fsync: what the disk does not confirm in time gets 503, and the repeat adds nothing",
  async () => {
    const redis = await startServer();
    const running = await startDurable(redis.url, "fsync");
    await command(redis, "CONFIG", "SET", "appendfsync", "no");
    await expectRefusedThenOnce(running, async () => {
      await command(redis, "CONFIG", "SET", "appendfsync", "always");
    });
  },
  60_000,
);

test("DURABILITY=replica:1: what no replica confirms in time gets 503, and the repeat adds nothing", async () => {
  const { master, replica } = await startReplicated();
  const running = await startDurable(master.url, "replica:1");
  expect(await durabilityOf(running)).toMatch(/waits for 1 by WAIT; 1 connected/);
  await replica.kill("SIGSTOP");
  await expectRefusedThenOnce(running, () => replica.kill("SIGCONT"));
}, 60_000);

test("DURABILITY=replica:1: while appends wait in vain, everything else is answered", async () => {
  const { master, replica } = await startReplicated();
  const running = await startDurable(master.url, "replica:1");
  await replica.kill("SIGKILL");
  const waiting = Array.from({ length: 20 }, (_, n) => post(running, [event(n)], randomUUID()));
  const startedAt = performance.now();
  expect((await running.call("GET", "/api/v1/webhooks")).status).toBe(200);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  const answers = await Promise.all(waiting);
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 503));
  expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(2 * ANSWER_MAX_MS);
}, 60_000);

test("DURABILITY=replica:1: what is changed of webhooks and keys is told of when a replica has it", async () => {
  const { master, replica } = await startReplicated();
  const running = await startDurable(master.url, "replica:1");
  await replica.kill("SIGSTOP");
  const change = (): Promise<Answer> =>
    running.call("POST", "/api/v1/api-keys", { label: "k", grants: ["events/ingest"] });
  const refused = await change();
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
  await replica.kill("SIGCONT");
  await waitFor("the change being confirmed", async () => (await change()).status === 200);
}, 60_000);

test("DURABILITY=replica:1: a connection lost before the confirmation does not count as one", async () => {
  const { master, replica } = await startReplicated();
  proxy = await startRedisProxy(master.url);
  const running = await startDurable(proxy.url, "replica:1");
  const point = proxy.hold({ match: (request) => request.command === "WAIT", at: "request" });
  const answer = post(running, [event(1)], randomUUID());
  await point.reached;
  let waits = 0;
  proxy.hold({ match: ({ command: name }) => name === "WAIT" && ++waits < 0, at: "request" });
  proxy.cut((name) => name === "posthorn-api-append");
  expect((await answer).status).toBe(200);
  expect(waits).toBe(1);
  await waitFor("the event", () => receiver.batches.length === 1);
  expect(await command(replica, "DBSIZE")).not.toBe(0);
}, 60_000);
