import { createFakeClock } from "../support/fake-clock.ts";
import type { FakeClock } from "../support/fake-clock.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { startRedisServer } from "../support/redis-server.ts";
import type { RedisServer } from "../support/redis-server.ts";
import { event, freshDatabase, numbersOf, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const HOUR = 3_600_000;
/** Clocks of this machine and its processes are read one after the other. */
const NEAR_MS = 60_000;

let clock: FakeClock;
let stack: Stack | undefined;
let receiver: Receiver;
let redis: RedisServer | undefined;

beforeEach(async () => {
  clock = await createFakeClock();
  receiver = await startReceiver();
});
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
  await receiver.close();
  await redis?.remove();
  redis = undefined;
  await clock.remove();
});

/** Numbers of the events that arrived, as often as they did. */
function arrived(): number[] {
  return receiver.batches.flatMap(({ events }) => numbersOf(events));
}

const happened = (name: string): Record<string, unknown>[] =>
  (stack?.workers ?? []).flatMap(({ logs }) => logs.filter((line) => line["event"] === name));

describe.each([
  ["jumps ahead", HOUR],
  ["is set back", -HOUR],
])("the clock of an API machine that %s by an hour changes nothing", (_, aheadMs) => {
  /** A key that expires in so long, by the real time. */
  async function createKey({ call }: Stack, expiresInMs: number): Promise<string> {
    const { status, body } = await call("POST", "/api/v1/api-keys", {
      label: "MTA",
      grants: ["webhooks/view"],
      expires_at: new Date(Date.now() + expiresInMs).toISOString(),
    });
    expect(status).toBe(200);
    return (body["results"] as { key: string }).key;
  }

  test("keys, signed test POSTs and events", async () => {
    stack = await startStack({
      redisUrl: await freshDatabase(),
      env: { ...clock.env, BATCH_MAX_WAIT: "500ms" },
      workerEnv: { LD_PRELOAD: "" },
    });
    const { call } = stack;
    const asKey = async (authorization: string): Promise<number> =>
      (await call("GET", "/api/v1/webhooks", undefined, { authorization })).status;
    const lasting = await createKey(stack, HOUR / 2);
    await clock.setAhead(aheadMs);
    expect(await asKey(lasting)).toBe(200);
    const short = await createKey(stack, 3_000);
    expect(await asKey(short)).toBe(200);
    await waitFor("the end of a key", async () => (await asKey(short)) === 401);

    await stack.createWebhook(receiver.url, { signing: { enabled: true } });
    const signedAtMs = Number(receiver.tests.at(-1)?.headers["webhook-timestamp"]) * 1_000;
    expect(Math.abs(signedAtMs - Date.now())).toBeLessThan(NEAR_MS);
    await stack.send([event(1)]);
    await waitFor("the event", () => arrived().length === 1);
  }, 60_000);
});

test.each([
  ["jumps ahead", HOUR],
  ["is set back", -HOUR],
])(
  "the clock of a worker's machine that %s by an hour changes nothing",
  async (_, aheadMs) => {
    stack = await startStack({
      redisUrl: await freshDatabase(),
      env: { BATCH_MAX_WAIT: "1s", RETRY_SCHEDULE: "3s" },
      workerEnv: clock.env,
    });
    const id = await stack.createWebhook(receiver.url, { signing: { enabled: true } });
    receiver.answerWith([{ status: 500 }]);
    await stack.send([event(1)]);
    await waitFor("a failed attempt", () => receiver.batches.length === 1);
    await clock.setAhead(aheadMs);
    await waitFor("the retry", () => receiver.batches.length === 2);
    const [first, second] = receiver.batches;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(2_000);
    expect(second?.batchId).toBe(first?.batchId);

    receiver.answerWith([{ status: 503, headers: { "retry-after": new Date(Date.now() + 5_000).toUTCString() } }]);
    await stack.send([event(2)]);
    await waitFor("a hold", () => receiver.batches.length === 3);
    await stack.send([event(3)]);
    await waitFor("all events", () => new Set(arrived()).size === 3 && arrived().length === 5, 20_000);
    for (const { headers } of receiver.batches) {
      expect(Math.abs(Number(headers["webhook-timestamp"]) * 1_000 - Date.now())).toBeLessThan(NEAR_MS);
    }
    const { body } = await stack.call("GET", `/api/v1/webhooks/${id}/batches?state=expired`);
    expect(body["results"]).toEqual([]);
    expect(happened("redis.clock-jumped")).toEqual([]);
  },
  60_000,
);

describe("the clock of Redis' machine", () => {
  const QUICK = { BATCH_MAX_EVENTS: "1", RETRY_SCHEDULE: "1s", PROBE_INTERVAL_MAX: "1s", RETRY_EXPIRY: "30m" };

  test("jumping ahead by an hour deletes nothing that waits, and a target that recovers gets it", async () => {
    redis = await startRedisServer([], clock.env);
    stack = await startStack({ redisUrl: redis.url, workers: 2, env: QUICK });
    const [failing, resting] = [await stack.createWebhook(receiver.url), await stack.createWebhook(receiver.url)];
    await receiver.stop();
    const numbers = Array.from({ length: 8 }, (_, n) => n);
    for (const n of numbers) await stack.send([event(n)]);
    await waitFor("probes", () => happened("delivery.attempted").filter((line) => line["failing"] === true).length > 4);
    await stack.call("PUT", `/api/v1/webhooks/${resting}`, { active: false });

    // Events go on coming, which also looks at what is due for their webhook.
    const { send } = stack;
    let isSending = true;
    let sent = numbers.length;
    const sending = (async () => {
      while (isSending) await send([event(sent++)]);
    })();
    await clock.setAhead(HOUR);
    await waitFor("both workers' words", () => happened("redis.clock-jumped").length === 2);
    for (const { byMs } of happened("redis.clock-jumped")) {
      expect(Math.abs(Number(byMs) - HOUR)).toBeLessThan(NEAR_MS);
    }
    const attempts = happened("delivery.attempted").length;
    await waitFor("further probes", () => happened("delivery.attempted").length > attempts + 3);
    isSending = false;
    await sending;
    expect(happened("batch.expired")).toEqual([]);

    await receiver.start();
    await waitFor("what waited for the failing webhook", () => new Set(arrived()).size === sent, 20_000);
    const { body } = await stack.call("GET", `/api/v1/webhooks/${resting}/batches?limit=1000`);
    expect((body["results"] as unknown[]).length).toBeGreaterThanOrEqual(numbers.length);
    await stack.call("PUT", `/api/v1/webhooks/${resting}`, { active: true });
    await waitFor("what waited for the other", () => arrived().length >= sent + numbers.length, 20_000);
    expect(happened("batch.expired")).toEqual([]);
    expect((await stack.call("GET", `/api/v1/webhooks/${failing}`)).status).toBe(200);
  }, 120_000);

  test("set back by an hour holds up nothing: windows, retries, probes and attempts go on within seconds", async () => {
    redis = await startRedisServer([], clock.env);
    stack = await startStack({
      redisUrl: redis.url,
      env: { BATCH_MAX_WAIT: "4s", RETRY_SCHEDULE: "4s", PROBE_INTERVAL_MAX: "4s" },
    });
    await stack.createWebhook(receiver.url, { events: ["delivery"] });
    // Its first batch is tried again in a while; the second one's window is open; another webhook is failing.
    const down = await startReceiver();
    await stack.createWebhook(down.url, { events: ["bounce"] });
    await down.stop();
    receiver.answerWith([{ status: 500 }]);
    await stack.send([event(1), event(1, "bounce")]);
    await waitFor("a failed attempt", () => receiver.batches.length === 1);
    await stack.send([event(2), event(2, "bounce")]);
    await clock.setAhead(-HOUR);
    await waitFor(
      "the retry and the open batch",
      () => new Set(arrived()).size === 2 && arrived().length === 3,
      20_000,
    );
    await down.start();
    await waitFor("the failing webhook's batches", () => down.batches.length >= 2, 20_000);
    await stack.send([event(3)]);
    await waitFor("a new event", () => arrived().length === 4, 15_000);
    expect(happened("redis.clock-jumped")).toHaveLength(1);
    await down.close();
  }, 120_000);
});
