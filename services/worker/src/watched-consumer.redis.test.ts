import { randomUUID } from "node:crypto";
import type { BatchId, WebhookId } from "@posthorn/core";
import { consumeLane } from "@posthorn/store";
import type { LaneHandler } from "@posthorn/store";
import { connect } from "../../../packages/store/src/connect.ts";
import type { RedisClient } from "../../../packages/store/src/connect.ts";
import { createKeys } from "../../../packages/store/src/keys.ts";
import type { Keys } from "../../../packages/store/src/keys.ts";
import { createLaneProducer, jobsWait } from "../../../packages/store/src/lanes.ts";
import type { LaneProducer } from "../../../packages/store/src/lanes.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { watchConsumer } from "./watched-consumer.ts";
import type { WatchedConsumer } from "./watched-consumer.ts";

const url = process.env["TEST_REDIS_URL"] ?? "";
let redis: RedisClient;
let keys: Keys;
let producer: LaneProducer;
let watched: WatchedConsumer | undefined;
let handled: BatchId[];
let rebuilt: number;
let hasRoom: boolean;

beforeEach(async () => {
  redis = connect({ address: url, name: "test", onError: () => undefined });
  await redis.connect();
  keys = createKeys(`t${randomUUID()}`);
  producer = createLaneProducer({ redis, keys, onError: () => undefined });
  handled = [];
  rebuilt = 0;
  hasRoom = true;
});
afterEach(async () => {
  await watched?.close();
  await producer.close();
  redis.disconnect();
});

const never: LaneHandler = () => new Promise(() => undefined);
const done: LaneHandler = async ({ batch }) => {
  handled.push(batch);
  return "taken";
};

/** Watches a lane whose consumers handle jobs as told, one after the other. */
function watch(...handlers: LaneHandler[]): WatchedConsumer {
  watched = watchConsumer({
    open: async () =>
      consumeLane({
        address: url,
        keys,
        partition: 0,
        lane: "fresh",
        handle: handlers.shift() ?? done,
        whenRoom: async () => undefined,
        onError: () => undefined,
      }),
    jobsWait: () => jobsWait({ redis, keys }, 0, "fresh"),
    hasRoom: () => hasRoom,
    stuckAfterMs: 1_500,
    onRebuilt: () => {
      rebuilt += 1;
    },
    onError: () => undefined,
  });
  return watched;
}

async function addJobs(count: number): Promise<void> {
  const hints = Array.from({ length: count }, () => ({
    lane: "fresh" as const,
    webhook: randomUUID() as WebhookId,
    batch: randomUUID() as BatchId,
    attempt: 1,
    hint: 1,
    delayMs: 0,
  }));
  await producer.add(0, hints);
}

test("a consumer that takes nothing more is replaced by one that takes what waits", async () => {
  const { isWorking } = watch(never);
  await addJobs(20);
  await waitFor(
    "the first consumer being stuck",
    async () => (await redis.llen(`${keys.partition(0).queuePrefix}:fresh:active`)) === 8,
  );
  await waitFor("the jobs that still waited", () => handled.length >= 12, 15_000);
  expect(rebuilt).toBe(1);
  // What the stuck one has in hand comes back when its locks have run out.
  await waitFor("all jobs", () => new Set(handled).size === 20, 25_000);
  expect(isWorking()).toBe(true);
}, 60_000);

test("a consumer that waits for room is not replaced, however long jobs wait", async () => {
  watch(never);
  hasRoom = false;
  await addJobs(20);
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  expect(rebuilt).toBe(0);
});

test("a consumer that is stuck says so before it is replaced, and ends in bounded time", async () => {
  const { isWorking, close } = watch(never, never, never, never, never);
  await waitFor("the first consumer", isWorking);
  await addJobs(60);
  await waitFor("a replacement", () => rebuilt > 0, 15_000);
  const startedAtMs = performance.now();
  await close();
  expect(performance.now() - startedAtMs).toBeLessThan(12_000);
  expect(isWorking()).toBe(false);
}, 60_000);
