import { readFile } from "node:fs/promises";
import { Redis } from "ioredis";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { startRedisProxy } from "../support/redis-proxy.ts";
import type { RedisProxy } from "../support/redis-proxy.ts";
import { startRedisServer } from "../support/redis-server.ts";
import type { RedisServer } from "../support/redis-server.ts";
import { event, numbersOf, startStack } from "../support/stack.ts";
import type { Answer, Stack, StackProcess } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

/** Within this time of Redis' return everything goes on. */
const RESUMED_WITHIN_MS = 15_000;
/** Within this time a sender has an answer, whatever Redis does. */
const ANSWERED_WITHIN_MS = 10_000;

/** Jobs wait in the queues: a webhook may have more attempts in flight than the worker. */
const ENV = { BATCH_MAX_EVENTS: "1", RETRY_SCHEDULE: "500ms", WEBHOOK_CONCURRENCY: "40", WORKER_CONCURRENCY: "4" };

let server: RedisServer;
let admin: Redis;
let proxy: RedisProxy;
let stack: Stack;
let receiver: Receiver;
let sent = 0;

beforeEach(async () => {
  server = await startRedisServer();
  admin = new Redis(server.url);
  admin.on("error", () => undefined);
  proxy = await startRedisProxy(server.url);
  receiver = await startReceiver();
  stack = await startStack({ redisUrl: proxy.url, env: ENV });
  await stack.createWebhook(receiver.url);
  await sendOne();
  await waitFor("the first delivery", () => deliveries().length === 1);
}, 60_000);

afterEach(async () => {
  await stack.stop();
  admin.disconnect();
  await Promise.all([receiver.close(), proxy.close(), server.remove()]);
});

/** The numbers of the events that arrived, as often as they did. */
function deliveries(): number[] {
  return receiver.batches.flatMap(({ events }) => numbersOf(events));
}

async function sendOne(): Promise<number> {
  sent += 1;
  await stack.send([event(sent)]);
  return sent;
}

/** Sends one event and says what came of it, and after how long. */
async function trySend(): Promise<Answer & { readonly n: number; readonly tookMs: number }> {
  const startedAtMs = performance.now();
  sent += 1;
  const n = sent;
  const answer = await stack.call("POST", "/api/v1/events", [event(n)]);
  return { ...answer, n, tookMs: performance.now() - startedAtMs };
}

async function expectUnavailable(): Promise<void> {
  const { status, headers, body, tookMs } = await trySend();
  expect({ status, body }).toMatchObject({
    status: 503,
    body: { errors: [{ message: expect.any(String) as string }] },
  });
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  expect(tookMs).toBeLessThan(ANSWERED_WITHIN_MS);
}

/** Events are accepted and delivered again, in time. */
async function expectResumed(): Promise<void> {
  const deadlineMs = performance.now() + RESUMED_WITHIN_MS;
  const n = await waitFor(
    "an event being accepted",
    async () => {
      const answer = await trySend();
      return answer.status === 200 && answer.n;
    },
    RESUMED_WITHIN_MS,
  );
  await waitFor(`delivery of event ${n}`, () => deliveries().includes(n), deadlineMs - performance.now());
}

/** From now on the target takes everything, and gets these events in time. */
async function expectSucceeds(events: readonly number[]): Promise<void> {
  const failed = receiver.batches.length;
  receiver.answerWith(() => ({ status: 200 }));
  await waitFor(
    `deliveries of events ${events.join()}`,
    () => events.every((n) => receiver.batches.slice(failed).some(delivers(n))),
    RESUMED_WITHIN_MS,
  );
}

async function isReady({ url }: StackProcess): Promise<boolean> {
  const response = await fetch(`${url}/readyz`);
  await response.text();
  return response.status === 200;
}

function worker(): StackProcess {
  return stack.workers[0] as StackProcess;
}

function logged(name: string): number {
  return [stack.api, worker()].flatMap(({ logs }) => logs).filter((line) => line["event"] === name).length;
}

test("a Redis that was killed and started again is used again by everybody within fifteen seconds", async () => {
  await server.kill("SIGKILL");
  await expectUnavailable();
  await waitFor(
    "neither process saying that it is ready",
    async () => !(await isReady(stack.api)) && !(await isReady(worker())),
  );
  await server.start();
  await expectResumed();
  await waitFor("readiness", async () => (await isReady(stack.api)) && (await isReady(worker())), RESUMED_WITHIN_MS);
}, 120_000);

test("a Redis at its maxmemory refuses events, and yet what waits is delivered, retried and recorded", async () => {
  receiver.answerWith(() => ({ status: 500 }));
  const waiting = [await sendOne(), await sendOne(), await sendOne()];
  await waitFor("a failed attempt", () => receiver.batches.length > 1);
  await admin.config("SET", "maxmemory", "1mb");
  await expectUnavailable();
  const failedBatches = receiver.batches.length;
  await waitFor("retries without memory", () => receiver.batches.length > failedBatches, RESUMED_WITHIN_MS);
  await expectSucceeds(waiting);
  await waitFor(
    "their clean-up",
    async () => (await admin.keys("{posthorn:p0}:[bcr]:*")).length === 0,
    RESUMED_WITHIN_MS,
  );
  await admin.config("SET", "maxmemory", "0");
  await expectResumed();
}, 120_000);

test("what Redis refuses for want of memory is neither sent nor logged as fast as it can refuse", async () => {
  receiver.answerWith(() => ({ status: 200, delayMs: 300 }));
  const events = Array.from({ length: 40 }, () => (sent += 1));
  await stack.send(events.map((n) => event(n)));
  await waitFor("jobs that wait", async () => (await admin.llen("{posthorn:p0}:bull:fresh:wait")) > 10);
  await admin.config("SET", "maxmemory", "1mb");
  const before = await commandsProcessed();
  await waitFor("three seconds", secondsPassed(3));
  expect((await commandsProcessed()) - before).toBeLessThan(1_500);
  await waitFor("all deliveries", () => events.every((n) => deliveries().includes(n)), 2 * RESUMED_WITHIN_MS);
  expect(deliveries()).toHaveLength(new Set(deliveries()).size);
  expect(logged("queue.failed") + logged("jobs.not-added") + logged("tick.failed")).toBeLessThan(60);
}, 120_000);

test("a Redis that has become a read-only replica refuses events, and all goes on when it is a master again", async () => {
  receiver.answerWith(() => ({ status: 500 }));
  const waiting = await sendOne();
  await waitFor("a failed attempt", () => receiver.batches.some(delivers(waiting)));
  const other = await startRedisServer();
  try {
    // As after a failover: another one has all data and becomes the master; ours follows it under its old address.
    await follow(other.url, server.port);
    const others = new Redis(other.url);
    await others.replicaof("NO", "ONE");
    others.disconnect();
    await follow(server.url, other.port);
    for (let n = 0; n < 3; n++) await expectUnavailable();
    await admin.replicaof("NO", "ONE");
    await expectSucceeds([waiting]);
    await expectResumed();
  } finally {
    await other.remove();
  }
}, 120_000);

test("with a Redis that answers after seconds, events are accepted late or refused in time, and none is lost", async () => {
  proxy.latency(1_000);
  const slow = await trySend();
  expect([200, 503]).toContain(slow.status);
  expect(slow.tookMs).toBeLessThan(2 * ANSWERED_WITHIN_MS);
  if (slow.status === 200) await waitFor("the late delivery", () => deliveries().includes(slow.n), 30_000);
  proxy.latency(6_000);
  await expectUnavailable();
  await proxy.heal();
  await expectResumed();
}, 180_000);

describe("a connection that goes half-open, so that bytes vanish without a reset, is given up and made anew:", () => {
  test.each([
    ["the API's for commands", (name: string) => name === "posthorn-api"],
    ["the API's subscriber", (name: string) => name === "posthorn-api-subscriber"],
    ["the worker's for commands", (name: string) => name === "posthorn-worker"],
    ["a lane's for commands", (name: string) => name === "posthorn-fresh-0"],
    ["a lane's blocking one", (name: string) => name.includes(":bull:")],
    ["all at once", () => true],
  ])(
    "%s",
    async (_, isMeant) => {
      proxy.halfOpen(isMeant);
      await expectResumed();
      // Whatever was begun on the old connections, more than one event gets through on the new ones.
      for (let n = 0; n < 3; n++) await expectResumed();
    },
    120_000,
  );
});

test("a subscriber that hears nothing more is found out, since it asks for a sign of life", async () => {
  const connections = async (): Promise<number> =>
    String(await admin.client("LIST")).match(/name=posthorn-(?:api|worker)-subscriber /g)?.length ?? 0;
  expect(await connections()).toBe(2);
  proxy.halfOpen((name) => name.endsWith("-subscriber"));
  // The old ones are still there for Redis, which does not know of their end either.
  await waitFor("new subscribers", async () => (await connections()) === 4, RESUMED_WITHIN_MS);
}, 60_000);

test("two thousand requests while Redis hangs are all refused, from bounded memory, and none arrives twice", async () => {
  const before = await residentBytes(stack.api.pid());
  await server.kill("SIGSTOP");
  let most = 0;
  const numbers = Array.from({ length: 2_000 }, () => (sent += 1));
  const body = (n: number): unknown[] => [event(n), ...Array.from({ length: 20 }, () => event(0, "open"))];
  let next = 0;
  const statuses = new Map<number, number>();
  await Promise.all(
    Array.from({ length: 200 }, async () => {
      for (let n = numbers[next++]; n !== undefined; n = numbers[next++]) {
        const { status, headers } = await stack.call("POST", "/api/v1/events", body(n));
        statuses.set(n, status);
        if (status === 503) expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
        most = Math.max(most, await residentBytes(stack.api.pid()));
      }
    }),
  );
  expect([...new Set(statuses.values())]).toEqual([503]);
  expect(most - before).toBeLessThan(150 * 1024 * 1024);
  await server.kill("SIGCONT");
  await expectResumed();
  const counts = new Map<number, number>();
  for (const n of deliveries()) counts.set(n, (counts.get(n) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
}, 180_000);

test("what a target answered while Redis is away is recorded when it is back, and not asked again", async () => {
  receiver.answerWith([{ status: 200, delayMs: 1_000 }]);
  const n = await sendOne();
  await waitFor("the attempt", () => deliveries().includes(n));
  await proxy.refuse();
  await waitFor("two seconds", secondsPassed(2));
  await proxy.accept();
  await waitFor(
    "its clean-up",
    async () => (await admin.keys("{posthorn:p0}:[bcr]:*")).length === 0,
    RESUMED_WITHIN_MS,
  );
  await expectResumed();
  expect(deliveries().filter((delivered) => delivered === n)).toEqual([n]);
}, 60_000);

test("a lane that takes nothing although jobs wait is built anew, and its batches go out meanwhile", async () => {
  // BullMQ knows queues that are paused for everybody; nobody but this test pauses one of ours.
  await admin.hset("{posthorn:p0}:bull:fresh:meta", "paused", 1);
  const n = await sendOne();
  await waitFor("the delivery without a job", () => deliveries().includes(n), RESUMED_WITHIN_MS);
  await waitFor("a new consumer", () => logged("queue.rebuilt") > 0, RESUMED_WITHIN_MS);
  await admin.hdel("{posthorn:p0}:bull:fresh:meta", "paused");
  await expectResumed();
  expect(deliveries()).toHaveLength(new Set(deliveries()).size);
}, 60_000);

test("a half-open connection that swallows results keeps no batch from its next attempt", async () => {
  receiver.answerWith([{ status: 200, delayMs: 500 }]);
  const n = await sendOne();
  await waitFor("the attempt", () => deliveries().includes(n));
  proxy.halfOpen((name) => name === "posthorn-worker");
  await waitFor(
    "its clean-up",
    async () => (await admin.keys("{posthorn:p0}:[bcr]:*")).length === 0,
    RESUMED_WITHIN_MS,
  );
  expect(new Set(receiver.batches.filter(delivers(n)).map(({ batchId }) => batchId)).size).toBe(1);
}, 60_000);

test("a connection that ends while a process subscribes again ends no process", async () => {
  for (let round = 0; round < 4; round++) {
    const again = proxy.hold({ match: ({ command }) => command === "SUBSCRIBE", at: "request" });
    proxy.cut((connection) => connection.endsWith("-subscriber"));
    await again.reached;
    proxy.cut((connection) => connection.endsWith("-subscriber"));
    again.release();
  }
  await expectResumed();
  expect(await Promise.all([stack.api, worker()].map(isReady))).toEqual([true, true]);
}, 60_000);

/** Makes a Redis the replica of another and waits until it has all its data. */
async function follow(url: string, port: number): Promise<void> {
  const redis = new Redis(url);
  await redis.replicaof("127.0.0.1", port);
  await waitFor(
    "a replica in sync",
    async () => (await redis.info("replication")).includes("master_link_status:up"),
    20_000,
  );
  redis.disconnect();
}

function delivers(n: number): (batch: Receiver["batches"][number]) => boolean {
  return ({ body }) => body.includes(`"n":"${n}"`);
}

function secondsPassed(seconds: number): () => boolean {
  const startedAtMs = performance.now();
  return () => performance.now() - startedAtMs >= seconds * 1_000;
}

async function commandsProcessed(): Promise<number> {
  return Number(/total_commands_processed:(\d+)/.exec(await admin.info("stats"))?.[1]);
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
}
