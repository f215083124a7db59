import { checkedFetch } from "../support/checked-fetch.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { event, freshDatabase, numbersOf, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

let stack: Stack | undefined;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await stack?.stop();
  await receiver.close();
});

test("25,000 events become batches of 10,000, 10,000 and, at the end of the window, 5,000", async () => {
  stack = await startStack({ redisUrl: await freshDatabase(), env: { BATCH_MAX_WAIT: "3s" } });
  await stack.createWebhook(receiver.url);
  for (let from = 0; from < 25_000; from += 1_000) {
    await stack.send(Array.from({ length: 1_000 }, (_, n) => event(from + n)));
  }
  await waitFor("three batches", () => receiver.batches.length === 3, 20_000);
  expect(receiver.batches.map((batch) => batch.events.length).toSorted((a, b) => b - a)).toEqual([
    10_000, 10_000, 5_000,
  ]);
  const seen = receiver.batches.flatMap(({ events }) => numbersOf(events));
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 25_000 }, (_, n) => n));
  expect(new Set(receiver.batches.map((batch) => batch.batchId)).size).toBe(3);
}, 60_000);

test("G3 Every attempt of a batch carries the same id and identical bytes", async () => {
  stack = await startStack({
    redisUrl: await freshDatabase(),
    env: { BATCH_MAX_WAIT: "200ms", RETRY_SCHEDULE: "300ms" },
  });
  const id = await stack.createWebhook(receiver.url, { auth_token: "let-me-in" });
  // The reset comes on a new connection: on a reused one it would be repeated within the attempt.
  receiver.answerWith(["reset", { status: 503 }, { status: 200 }]);
  await stack.send([event(1), event(2)]);
  await waitFor("three attempts", () => receiver.batches.length === 3);
  const [first, second, third] = receiver.batches;
  expect(second?.batchId).toBe(first?.batchId);
  expect(third?.batchId).toBe(first?.batchId);
  expect(third?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true);
  expect(first?.body.toString()).toBe(JSON.stringify([event(1), event(2)]));
  expect(first?.token).toBe("let-me-in");
  expect(first?.headers["content-type"]).toBe("application/json");
  expect(first?.headers["user-agent"]).toMatch(/^Posthorn\//);
  const rows = await waitFor("the batch's status", async () => {
    const { body } = await (stack as Stack).call("GET", `/api/v1/webhooks/${id}/batch-status`);
    const results = body["results"] as Record<string, unknown>[];
    return results.some((row) => row["response_code"] === "200") && results;
  });
  expect(rows).toEqual([expect.objectContaining({ batch_id: first?.batchId, attempts: 2, response_code: "200" })]);
}, 60_000);

test("G6 A webhook that fails delays no other", async () => {
  stack = await startStack({
    redisUrl: await freshDatabase(),
    env: { BATCH_MAX_WAIT: "50ms", BATCH_MAX_EVENTS: "5", WORKER_CONCURRENCY: "12" },
  });
  const healthy = await startReceiver();
  try {
    await stack.createWebhook(receiver.url, { events: ["bounce"] });
    await stack.createWebhook(healthy.url, { events: ["delivery"] });
    receiver.answerWith(() => "hang");
    await stack.send(Array.from({ length: 100 }, (_, n) => event(n, "bounce")));
    await waitFor("the sick webhook's slots being taken", () => receiver.batches.length === 4);
    await stack.send(Array.from({ length: 100 }, (_, n) => event(n, "delivery")));
    await waitFor("all batches of the healthy one", () => healthy.batches.length === 20, 3_000);
    expect(receiver.batches).toHaveLength(4);
  } finally {
    await healthy.close();
  }
}, 60_000);

test("G7 What an event holds inside its envelope reaches the target byte for byte", async () => {
  stack = await startStack({ redisUrl: await freshDatabase(), env: { BATCH_MAX_WAIT: "50ms" } });
  await stack.createWebhook(receiver.url);
  const text = '{ "msys" : {"x":{"type":"delivery","__proto__":{"a":1},"n":1,"n":1.0e+2 ,"u":"\\u00e9é😀\\/"}}}';
  const { status } = await checkedFetch(stack.url, "/api/v1/events", {
    method: "POST",
    headers: { authorization: stack.apiKey, "content-type": "application/json" },
    body: `[ ${text} ,\n${text}]`,
  });
  expect(status).toBe(200);
  await waitFor("the batch", () => receiver.batches.length === 1);
  expect(receiver.batches[0]?.body.toString()).toBe(`[${text},${text}]`);
}, 60_000);

test("every stage of an attempt is bounded: targets that never answer or drip do not hold a batch", async () => {
  stack = await startStack({
    redisUrl: await freshDatabase(),
    env: { BATCH_MAX_WAIT: "100ms", DELIVERY_TIMEOUT: "1s", RETRY_SCHEDULE: "100ms" },
  });
  await stack.createWebhook(receiver.url);
  receiver.answerWith(["hang", "drip-head", "drip-body"]);
  const startedAt = performance.now();
  await stack.send([event(1)]);
  const [worker] = stack.workers;
  await waitFor("delivery in spite of a dripping body", () =>
    worker?.logs.some((line) => line["event"] === "delivery.attempted" && line["verdict"] === "delivered"),
  );
  const attempts = worker?.logs.filter((line) => line["event"] === "delivery.attempted") ?? [];
  expect(attempts.map((line) => line["outcome"])).toEqual(["timeout", "timeout", "delivered"]);
  for (const line of attempts.slice(0, 2)) expect(line["latencyMs"]).toBeGreaterThan(900);
  expect(performance.now() - startedAt).toBeLessThan(9_000);
}, 60_000);

test("a target that comes back gets its whole back-log", async () => {
  stack = await startStack({
    redisUrl: await freshDatabase(),
    env: { BATCH_MAX_WAIT: "50ms", BATCH_MAX_EVENTS: "10", RETRY_SCHEDULE: "500ms", PROBE_INTERVAL_MAX: "500ms" },
  });
  await stack.createWebhook(receiver.url);
  receiver.answerWith(() => ({ status: 500 }));
  for (let n = 0; n < 20; n++) await stack.send(Array.from({ length: 10 }, (_, i) => event(n * 10 + i)));
  await waitFor("the webhook failing", () =>
    stack?.workers[0]?.logs.some((line) => line["event"] === "delivery.attempted" && line["failing"] === true),
  );
  receiver.answerWith(() => ({ status: 200 }));
  receiver.batches.length = 0;
  await waitFor("the back-log", () => new Set(receiver.batches.map((batch) => batch.batchId)).size === 20, 20_000);
}, 60_000);

test("a batch that fails until its expiry is deleted and recorded as expired", async () => {
  stack = await startStack({
    redisUrl: await freshDatabase(),
    env: { BATCH_MAX_WAIT: "50ms", RETRY_SCHEDULE: "300ms", RETRY_EXPIRY: "2s" },
  });
  const id = await stack.createWebhook(receiver.url);
  receiver.answerWith(() => ({ status: 500 }));
  await stack.send([event(1)]);
  await waitFor("the expiry", () => stack?.workers[0]?.logs.some((line) => line["event"] === "batch.expired"), 15_000);
  const { body } = await stack.call("GET", `/api/v1/webhooks/${id}/batch-status`);
  expect(body["results"]).toEqual([expect.objectContaining({ failure_code: "500", response_code: "500" })]);
  const tries = receiver.batches.length;
  await stack.send([event(2)]);
  await waitFor("the next batch", () => receiver.batches.length > tries);
  expect(new Set(receiver.batches.map((batch) => batch.batchId)).size).toBe(2);
}, 60_000);
