import { gzipSync } from "node:zlib";
import { peakRssBytes } from "../support/peak-memory.ts";
import { postRaw } from "../support/post-raw.ts";
import { startRedisServer } from "../support/redis-server.ts";
import type { RedisServer } from "../support/redis-server.ts";
import { startSlowTarget } from "../support/slow-target.ts";
import type { SlowTarget } from "../support/slow-target.ts";
import { startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const MIB = 1_024 * 1_024;
const WORKER_MAX_BYTES = 300 * MIB;
const INFLIGHT_BYTES = 256 * MIB;

let stack: Stack | undefined;
let redis: RedisServer;
let target: SlowTarget;

beforeEach(async () => {
  [redis, target] = await Promise.all([startRedisServer(), startSlowTarget()]);
});
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
  await target.close();
  await redis.remove();
});

/** Events whose texts have `eventBytes` or a little more. */
function events(count: number, eventBytes: number): unknown[] {
  const pad = "x".repeat(eventBytes - 60);
  return Array.from({ length: count }, (_, n) => ({
    msys: { message_event: { type: "delivery", n: String(n), pad } },
  }));
}

test("a worker with a hundred slow targets, each taking a batch of 10,000 events, stays under 300 MB, and with fast ones too", async () => {
  const { createWebhook, send, workers } = (stack = await startStack({
    redisUrl: redis.url,
    env: { BATCH_MAX_WAIT: "1s", DELIVERY_TIMEOUT: "60s", WORKER_CONCURRENCY: "101", LOG_LEVEL: "error" },
  }));
  // A signed batch is read as a whole before it is sent.
  const webhooks = Array.from({ length: 100 }, (_, n) => ({ signing: { enabled: n % 2 === 0 } }));
  await Promise.all(webhooks.map((settings, n) => createWebhook(`${target.url}/${n}`, settings)));
  const batch = events(10_000, 900);
  // Each has been validated by a test POST.
  const tests = target.bodies();
  const peakBytes = (): number => peakRssBytes(workers[0]?.pid() ?? 0);

  const areUnderWay = (): boolean => target.uploads() === 100 && target.slowestBytes() > MIB;

  await send(batch);
  await waitFor("a hundred uploads", areUnderWay, 60_000);
  expect(peakBytes()).toBeLessThan(WORKER_MAX_BYTES);
  target.hurry();
  await waitFor("a hundred batches", () => target.bodies() === tests + 100, 60_000);
  await send(batch);
  await waitFor("a hundred more", () => target.bodies() === tests + 200, 60_000);
  // A single event as large as such a batch.
  target.dawdle();
  await send(events(1, 9 * MIB));
  await waitFor("a hundred uploads of one event", areUnderWay, 60_000);
  target.hurry();
  await waitFor("a hundred large events", () => target.bodies() === tests + 300, 60_000);
  expect(target.bodyBytes()).toBeGreaterThan(300 * 9_000_000);
  expect(peakBytes()).toBeLessThan(WORKER_MAX_BYTES);
}, 180_000);

test("an API process under fifty requests of 32 MB at a time stays under three times INGEST_MAX_INFLIGHT", async () => {
  target.hurry();
  const { url, apiKey, api, createWebhook } = (stack = await startStack({
    redisUrl: redis.url,
    env: { BATCH_MAX_WAIT: "1s", INGEST_MAX_INFLIGHT: "256mb", LOG_LEVEL: "fatal" },
  }));
  await createWebhook(target.url);
  const body = Buffer.from(JSON.stringify(events(33_000, 990)));
  expect(body.length).toBeGreaterThan(31 * MIB);
  const packed = gzipSync(body);
  const bomb = gzipSync(Buffer.alloc(400 * MIB, " "));
  const forms = [
    { body, headers: { "content-length": body.length } },
    { body, headers: {} },
    { body: packed, headers: { "content-encoding": "gzip", "content-length": packed.length } },
    { body: bomb, headers: { "content-encoding": "gzip" } },
  ];

  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => {
      const form = forms[n % forms.length] ?? { body, headers: {} };
      const headers = { authorization: apiKey, "content-type": "application/json", ...form.headers };
      return postRaw(`${url}/api/v1/events`, form.body, headers);
    }),
  );
  expect(peakRssBytes(api.pid())).toBeLessThan(3 * INFLIGHT_BYTES);
  const count = (status: number): number => answers.filter((answer) => answer.status === status).length;
  // Those that there was room for, bombs, and those that are to come back.
  expect(count(200)).toBeGreaterThan(3);
  expect(count(413)).toBeGreaterThan(0);
  expect(count(503)).toBe(50 - count(200) - count(413));
  for (const { status, headers } of answers) if (status === 503) expect(headers["retry-after"]).toBe("1");
}, 120_000);
