import { randomUUID } from "node:crypto";
import { ENGINES, startEngine, whyNot } from "../support/engines/engine.ts";
import type { Engine } from "../support/engines/engine.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { event, numbersOf, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const WEBHOOKS = 4;
const EVENTS = 1_000;
const VALKEY = String.raw`Valkey \d+\.\d+\.\d+ \(like Redis 7\.\d+\.\d+\)`;
/** Valkey takes the place of Redis where `TEST_REDIS_SERVER` names it. */
const EITHER = String.raw`(?:\d+\.\d+\.\d+|${VALKEY})`;
/** What each engine is, as readiness tells it. */
const TELLS: Readonly<Record<(typeof ENGINES)[number], RegExp>> = {
  redis: new RegExp(`^${EITHER}$`),
  sentinel: new RegExp(`^${EITHER}$`),
  cluster: new RegExp(`^${EITHER}, 3 masters$`),
  valkey: new RegExp(`^${VALKEY}$`),
};

let engine: Engine | undefined;
let receiver: Receiver;
let stack: Stack | undefined;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
  await receiver.close();
  await engine?.remove();
  engine = undefined;
});

for (const name of ENGINES) {
  const reason = whyNot(name);
  if (reason !== undefined) console.error(`Tests on ${name}: skipped, ${reason}`);

  (reason === undefined ? test : test.skip)(
    `on ${name} every webhook gets every event once, also after a failed attempt, and definitions take effect at once`,
    async () => {
      engine = await startEngine(name);
      stack = await startStack({
        redisUrl: engine.url,
        env: { BATCH_MAX_EVENTS: "100", BATCH_MAX_WAIT: "300ms", RETRY_SCHEDULE: "300ms", DURABILITY: "fsync" },
      });
      const targets = Array.from({ length: WEBHOOKS }, (_, index) => `${receiver.url}/${index}`);
      const ids = [];
      for (const target of targets) ids.push(await stack.createWebhook(target));
      receiver.answerWith([{ status: 503 }, "reset"]);
      const key = randomUUID();
      for (let from = 0; from < EVENTS; from += 100) {
        const events = Array.from({ length: 100 }, (_, n) => event(from + n));
        await stack.send(events, { "idempotency-key": `${key}-${from}` });
        await stack.send(events, { "idempotency-key": `${key}-${from}` });
      }
      const delivered = (): number[] => {
        const batches = new Map(receiver.batches.slice(2).map((batch) => [batch.batchId, batch]));
        return [...batches.values()].flatMap(({ events }) => numbersOf(events));
      };
      await waitFor("all events at all webhooks", () => delivered().length >= EVENTS * WEBHOOKS, 20_000);
      expect(delivered().toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: EVENTS * WEBHOOKS }, (_, n) => Math.floor(n / WEBHOOKS)),
      );

      expect((await stack.call("DELETE", `/api/v1/webhooks/${ids[0]}`)).status).toBe(204);
      const before = receiver.batches.length;
      await stack.send([event(EVENTS)]);
      await waitFor("one more batch for each of the others", () => receiver.batches.length >= before + WEBHOOKS - 1);
      const stats = async (): Promise<Record<string, Record<string, unknown>>> =>
        (await stack?.call("GET", "/api/v1/stats"))?.body["results"] as Record<string, Record<string, unknown>>;
      // What a target has got is counted a moment later.
      const all = (EVENTS + 1) * (WEBHOOKS - 1);
      await waitFor(
        "every delivery being counted",
        async () => (await stats())["totals"]?.["delivered_events"] === all,
      );
      const { redis } = await stats();
      expect(redis?.["version"]).toMatch(TELLS[name]);
      expect(redis?.["durability"]).toMatch(/^an acknowledged event survives a crash of Redis and of its machine/);
    },
    120_000,
  );
}
