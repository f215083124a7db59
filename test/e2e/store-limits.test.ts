import { randomBytes } from "node:crypto";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { freshDatabase, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const EVENTS = 100;
const BATCHES = 120;

let stack: Stack | undefined;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await stack?.stop();
  await receiver.close();
});

/** An event that packs to about half: what waits is packed while it waits. */
function event(n: number): unknown {
  const pad = randomBytes(150).toString("base64url");
  return { msys: { message_event: { type: "delivery", message_id: `m-${n}`, pad } } };
}

async function sendBatches(to: Stack): Promise<void> {
  for (let batch = 0; batch < BATCHES; batch++) {
    const events = Array.from({ length: EVENTS }, (_, n) => event(batch * EVENTS + n));
    await waitFor(
      "the events being taken",
      async () => (await to.call("POST", "/api/v1/events", events)).status === 200,
    );
    // However slow the machine, the healthy webhook is not to have a back-log.
    await waitFor("deliveries keeping up", () => receiver.batches.length > batch - 10);
  }
}

async function statsOf(from: Stack, id: string): Promise<Record<string, unknown>> {
  const { body } = await from.call("GET", `/api/v1/stats?webhooks=${id}`);
  const { webhooks } = body["results"] as { webhooks: Record<string, unknown>[] };
  return webhooks.find((row) => row["id"] === id) ?? {};
}

/** Everything arrived at the healthy webhook once, and of the other one as many batches are left or overflowed as were sent. */
async function expectOnlyOverflowOf(sick: string, from: Stack): Promise<void> {
  await waitFor("all events at the healthy webhook", () => receiver.batches.length === BATCHES, 20_000);
  const seen = receiver.batches.flatMap(({ events }) => events.map((sent) => JSON.stringify(sent)));
  expect(new Set(seen).size).toBe(EVENTS * BATCHES);
  expect(seen).toHaveLength(EVENTS * BATCHES);
  const stats = await statsOf(from, sick);
  expect(stats["overflowed_batches"]).toBeGreaterThan(0);
  expect(Number(stats["waiting_batches"]) + Number(stats["overflowed_batches"])).toBe(BATCHES);
  const { body } = await from.call("GET", `/api/v1/webhooks/${sick}/batches?state=overflowed`);
  expect((body["results"] as unknown[]).length).toBeGreaterThan(0);
  const overflowed = (): Record<string, unknown>[] =>
    [from.api, ...from.workers].flatMap(({ logs }) => logs.filter((line) => line["event"] === "batch.overflowed"));
  // More may overflow while the logs are on their way.
  await waitFor(
    "a log line for each",
    async () => overflowed().length === (await statsOf(from, sick))["overflowed_batches"],
  );
  expect(new Set(overflowed().map((line) => line["webhook"]))).toEqual(new Set([sick]));
}

test("in a store that is too full a paused webhook overflows alone, and a healthy one loses nothing", async () => {
  stack = await startStack({
    redisUrl: await freshDatabase(),
    env: { BATCH_MAX_EVENTS: String(EVENTS), BACKLOG_MAX_BYTES: "1mb" },
  });
  const [paused] = [await stack.createWebhook(receiver.url), await stack.createWebhook(receiver.url)];
  await stack.call("POST", `/api/v1/webhooks/${paused}/pause`);
  await sendBatches(stack);
  await expectOnlyOverflowOf(paused, stack);
}, 60_000);

test("a webhook above its own limit overflows alone, however much room there is", async () => {
  stack = await startStack({
    redisUrl: await freshDatabase(),
    env: { BATCH_MAX_EVENTS: String(EVENTS), WEBHOOK_BACKLOG_MAX_BYTES: "300kb" },
  });
  const [paused] = [await stack.createWebhook(receiver.url), await stack.createWebhook(receiver.url)];
  await stack.call("POST", `/api/v1/webhooks/${paused}/pause`);
  await sendBatches(stack);
  await expectOnlyOverflowOf(paused, stack);
  const { backlog_bytes: bytes } = await statsOf(stack, paused);
  // What counts is what they take in the store.
  expect(bytes).toBeLessThanOrEqual(2 * 300 * 1024);
}, 60_000);

test("where Redis has no maxmemory, start and readiness say that the limit is a guess, and what to set", async () => {
  stack = await startStack({ redisUrl: await freshDatabase() });
  for (const process of [stack.api, ...stack.workers]) {
    const warning = process.logs.find((line) => line["event"] === "backlog.limit-guessed");
    expect(warning).toMatchObject({
      level: "warn",
      backlog: expect.stringMatching(/no maxmemory: set that/) as string,
    });
  }
  const { body } = await stack.call("GET", "/readyz");
  expect(body["results"]).toMatchObject({ backlog: expect.stringMatching(/no maxmemory: set that/) as string });
}, 60_000);
