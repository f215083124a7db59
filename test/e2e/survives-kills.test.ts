import { randomUUID } from "node:crypto";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { startRedisServer } from "../support/redis-server.ts";
import type { RedisServer } from "../support/redis-server.ts";
import { event, freshDatabase, numbersOf, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

let stack: Stack | undefined;
let redis: RedisServer | undefined;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await stack?.stop();
  await receiver.close();
  await redis?.remove();
  redis = undefined;
});

function delivered(): Set<number> {
  return new Set(receiver.batches.flatMap(({ events }) => numbersOf(events)));
}

test("a batch in a killed worker's hands is tried again within fifteen seconds", async () => {
  stack = await startStack({ redisUrl: await freshDatabase(), workers: 2, env: { BATCH_MAX_WAIT: "50ms" } });
  await stack.createWebhook(receiver.url);
  receiver.answerWith(["hang"]);
  await stack.send([event(1)]);
  await waitFor("the first attempt", () => receiver.batches.length === 1);
  receiver.answerWith(() => ({ status: 200 }));
  await Promise.all(stack.workers.map((worker) => worker.kill("SIGKILL")));
  const killedAt = performance.now();
  await stack.workers[0]?.start();
  await waitFor("the second attempt", () => receiver.batches.length === 2, 15_000);
  expect(performance.now() - killedAt).toBeLessThan(15_000);
  expect(receiver.batches[1]?.batchId).toBe(receiver.batches[0]?.batchId);
}, 60_000);

test("an API process killed between append and answer loses nothing and doubles nothing under its key", async () => {
  stack = await startStack({ redisUrl: await freshDatabase(), env: { BATCH_MAX_WAIT: "1s" } });
  await stack.createWebhook(receiver.url);
  const { api, send } = stack;
  for (let round = 0; round < 3; round++) {
    const events = Array.from({ length: 2_000 }, (_, n) => event(round * 2_000 + n));
    const key = randomUUID();
    const answer = send(events, { "idempotency-key": key }).then(
      () => true,
      () => false,
    );
    await new Promise((resolve) => setImmediate(resolve));
    await api.kill("SIGKILL");
    await api.start();
    if (await answer) continue;
    await waitFor(
      "the repeated request being accepted",
      () =>
        send(events, { "idempotency-key": key }).then(
          () => true,
          () => false,
        ),
      30_000,
    );
  }
  await waitFor("all events", () => delivered().size === 6_000, 20_000);
  const total = receiver.batches.reduce((sum, batch) => sum + batch.events.length, 0);
  expect(total).toBe(6_000);
}, 120_000);

test("every accepted event arrives although Redis is killed while events flow", async () => {
  redis = await startRedisServer();
  stack = await startStack({ redisUrl: redis.url, env: { BATCH_MAX_WAIT: "200ms", RETRY_SCHEDULE: "500ms" } });
  await stack.createWebhook(receiver.url);
  const accepted = new Set<number>();
  let isSending = true;
  const sending = (async () => {
    for (let n = 0; isSending; n += 100) {
      const events = Array.from({ length: 100 }, (_, i) => event(n + i));
      const isAccepted = await stack?.send(events, { "idempotency-key": randomUUID() }).then(
        () => true,
        () => false,
      );
      if (isAccepted) for (let i = 0; i < 100; i++) accepted.add(n + i);
    }
  })();
  for (let round = 0; round < 2; round++) {
    const before = accepted.size;
    await waitFor("events being accepted", () => accepted.size > before + 1_000, 20_000);
    await redis.kill("SIGKILL");
    await redis.start();
    const restartedAt = performance.now();
    const deliveries = receiver.batches.length;
    await waitFor("deliveries after the restart", () => receiver.batches.length > deliveries, 15_000);
    expect(performance.now() - restartedAt).toBeLessThan(15_000);
  }
  isSending = false;
  await sending;
  await waitFor(
    "every accepted event",
    () => {
      const seen = delivered();
      return [...accepted].every((n) => seen.has(n));
    },
    30_000,
  );
}, 120_000);

test("SIGTERM lets a worker finish what it has in hand", async () => {
  stack = await startStack({ redisUrl: await freshDatabase(), env: { BATCH_MAX_WAIT: "50ms" } });
  await stack.createWebhook(receiver.url);
  receiver.answerWith([{ status: 200, delayMs: 1_500 }]);
  await stack.send([event(1)]);
  await waitFor("the attempt", () => receiver.batches.length === 1);
  const [worker] = stack.workers;
  await worker?.kill("SIGTERM");
  expect(worker?.logs).toContainEqual(expect.objectContaining({ event: "delivery.attempted", verdict: "delivered" }));
}, 60_000);
