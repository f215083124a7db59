import { Redis } from "ioredis";
import { startApi } from "../../../test/support/api.ts";
import type { ApiAnswer, TestApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { startRedisServer } from "../../../test/support/redis-server.ts";
import { event, freshDatabase } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { startWorker } from "../../../test/support/worker.ts";
import type { TestWorker } from "../../../test/support/worker.ts";

/** One webhook may fill it all, so that it is full before anything overflows. */
const SETTINGS = { BACKLOG_MAX_BYTES: "200kb", WEBHOOK_BACKLOG_MAX_BYTES: "1mb", BATCH_MAX_EVENTS: "100" };

let url: string;
let api: TestApi;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
  url = await freshDatabase();
  api = await startApi(url, SETTINGS);
  await api.request("POST", "/api/v1/webhooks", {
    json: { name: "all", target: receiver.url, events: ["delivery"] },
  });
});
afterEach(async () => {
  await api.stop();
  await receiver.close();
});

const post = (from: number, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
  api.request("POST", "/api/v1/events", { json: Array.from({ length: 100 }, (_, n) => event(from + n)), headers });

/** Sends until the store is full; returns how many requests it took. */
async function fill(): Promise<number> {
  for (let taken = 0; ; taken++) if ((await post(100 * taken)).status !== 200) return taken;
}

test("a full store answers 503 with Retry-After, and takes events again when some have been delivered", async () => {
  const taken = await fill();
  expect(taken).toBeGreaterThan(5);
  const key = { "idempotency-key": "a request that comes too early" };
  const refused = await post(100 * taken, key);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(refused.json.errors).toEqual([
    { message: "The store is full: repeat the request later", description: expect.stringMatching(/BACKLOG_MAX_BYTES/) },
  ]);
  const worker = await startWorker(url, SETTINGS);
  try {
    await waitFor("the back-log being delivered", () => receiver.batches.length === taken);
    await waitFor("the request being taken", async () => (await post(100 * taken, key)).status === 200);
    await waitFor("its delivery", () => receiver.batches.length === taken + 1);
    expect(new Set(receiver.batches.flatMap(({ events }) => events.map((sent) => JSON.stringify(sent)))).size).toBe(
      100 * (taken + 1),
    );
  } finally {
    await worker.stop();
  }
}, 30_000);

test("metrics and readiness tell how full the store is", async () => {
  await fill();
  const gauge = async (name: string): Promise<number> => {
    const text = await (await fetch(`${api.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\d+)`, "m").exec(text)?.[1]);
  };
  expect(await gauge("posthorn_backlog_limit_bytes")).toBe(200 * 1024);
  await waitFor("the store being seen full", async () => (await gauge("posthorn_backlog_bytes")) >= 200 * 1024);
  const { json } = await api.request("GET", "/readyz");
  expect(json.results).toMatchObject({
    ready: true,
    backlog: expect.stringMatching(/^1\d\d % of 200 kB \(BACKLOG_MAX_BYTES\)$/),
  });
});

test("a Redis at maxmemory answers events with 503 and Retry-After, and takes them when it has room again", async () => {
  const server = await startRedisServer();
  const redis = new Redis(server.url);
  const own = await startApi(server.url);
  try {
    const definition = { name: "all", target: receiver.url, events: ["delivery"] };
    await own.request("POST", "/api/v1/webhooks", { json: definition });
    await redis.config("SET", "maxmemory", "1mb");
    for (const headers of [{}, { "idempotency-key": "one" }]) {
      const refused = await own.request("POST", "/api/v1/events", { json: event(1), headers });
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    }
    await redis.config("SET", "maxmemory", "0");
    const taken = await own.request("POST", "/api/v1/events", {
      json: event(1),
      headers: { "idempotency-key": "one" },
    });
    expect(taken.status).toBe(200);
  } finally {
    await own.stop();
    redis.disconnect();
    await server.remove();
  }
}, 30_000);

test("processes that start while Redis is at maxmemory start, and deliver what waits", async () => {
  const server = await startRedisServer();
  const redis = new Redis(server.url);
  const settings = { BATCH_MAX_WAIT: "1s" };
  const first = await startApi(server.url, settings);
  let worker: TestWorker | undefined;
  try {
    const definition = { name: "all", target: receiver.url, events: ["delivery"] };
    await first.request("POST", "/api/v1/webhooks", { json: definition });
    await first.request("POST", "/api/v1/events", { json: event(1) });
    await redis.config("SET", "maxmemory", "1mb");
    const second = await startApi(server.url, settings);
    await second.stop();
    worker = await startWorker(server.url, settings);
    await waitFor("the delivery", () => receiver.batches.length === 1, 20_000);
  } finally {
    await worker?.stop();
    await first.stop();
    redis.disconnect();
    await server.remove();
  }
}, 30_000);
