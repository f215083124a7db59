import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { createKeys } from "../../packages/store/src/keys.ts";
import { leftOver } from "../support/left-over.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { startRedisProxy } from "../support/redis-proxy.ts";
import type { Hold, RedisProxy, RedisRequest } from "../support/redis-proxy.ts";
import { event, freshDatabase, numbersOf, startStack } from "../support/stack.ts";
import type { Stack, StackProcess } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

/**
 * Processes are killed at exact points: the proxy in front of Redis stands still at one request, or at its reply, the
 * process gets SIGKILL there and is started again. What is promised of every point: all that was accepted arrives within
 * 15 s, again only as a whole batch under the same id with the same bytes, and leaves nothing behind in Redis.
 */
const PROMISED_MS = 15_000;
/** No promise: a busy machine may be long in coming to a point. */
const POINT_PATIENCE_MS = 30_000;
const TEST_TIMEOUT_MS = 120_000;
const keys = createKeys("posthorn");

interface Scene {
  readonly receiver: Receiver;
  readonly proxy: RedisProxy;
  readonly redis: Redis;
  readonly stack: Stack;
}

/** A test on a stack of its own: they run side by side, since most of their time is waiting for a lease to end. */
function scene(play: (scene: Scene) => Promise<void>, env: Record<string, string> = {}): () => Promise<void> {
  return async () => {
    const url = await freshDatabase();
    const redis = new Redis(url);
    const [receiver, proxy] = await Promise.all([startReceiver(), startRedisProxy(url)]);
    let stack: Stack | undefined;
    try {
      stack = await startStack({
        redisUrl: proxy.url,
        env: { BATCH_MAX_WAIT: "300ms", RETRY_SCHEDULE: "1s", DELIVERY_TIMEOUT: "2s", ...env },
      });
      await play({ receiver, proxy, redis, stack });
    } finally {
      await stack?.stop();
      await proxy.close();
      redis.disconnect();
      await receiver.close();
    }
  };
}

function worker({ workers: [first] }: Stack): StackProcess {
  if (first === undefined) throw new Error("the stack has no worker");
  return first;
}

/** Kills the process when it stands at the point, and starts it again; resolves to the moment of its return. */
async function killAt(point: Hold, victim: StackProcess, whenThere?: () => Promise<void> | undefined): Promise<number> {
  let isReached = false;
  void point.reached.then(() => (isReached = true));
  await waitFor("the point of the kill", () => isReached, POINT_PATIENCE_MS);
  await whenThere?.();
  await victim.kill("SIGKILL");
  await victim.start();
  return performance.now();
}

/** Events with these numbers. */
function numbered(first: number, count: number): unknown[] {
  return Array.from({ length: count }, (_, n) => event(first + n));
}

/** As a sender should: repeats the request under its key until it is answered 200. */
async function sendUntilAnswered({ call }: Stack, events: readonly unknown[], key: string): Promise<void> {
  await waitFor(
    "the request's 200",
    () =>
      call("POST", "/api/v1/events", events, { "idempotency-key": key }).then(
        ({ status }) => status === 200,
        () => false,
      ),
    PROMISED_MS,
  );
}

/** Sends while the API may be killed; a lost answer is no failure. */
function sendOnce({ send }: Stack, events: readonly unknown[], key: string): Promise<boolean> {
  return send(events, { "idempotency-key": key }).then(
    () => true,
    () => false,
  );
}

async function expectNothingLeft(redis: Redis): Promise<void> {
  let left: string[] = [];
  const isClean = waitFor(
    "an empty Redis",
    async () => {
      left = await leftOver(redis);
      return left.length === 0;
    },
    PROMISED_MS,
  );
  await isClean.catch(() => expect(left).toEqual([]));
}

/**
 * Events 0 … count - 1 arrive in time and nothing is left of them. What came twice came as the same batch; all in all
 * there were this many POSTs.
 */
async function expectDelivered(
  { receiver, redis }: Scene,
  { count, backAtMs, posts }: { readonly count: number; readonly backAtMs: number; readonly posts: number },
): Promise<void> {
  const arrived = (): Set<number> => new Set(receiver.batches.flatMap(({ events }) => numbersOf(events)));
  const inTimeMs = PROMISED_MS - (performance.now() - backAtMs);
  await waitFor(`all of ${count} events`, () => arrived().size === count, inTimeMs);
  await expectNothingLeft(redis);
  const bodies = new Map<string, Buffer>();
  for (const { batchId, body } of receiver.batches) {
    expect(body.equals(bodies.get(batchId) ?? body)).toBe(true);
    bodies.set(batchId, body);
  }
  const once = [...bodies.values()].flatMap((body) => numbersOf(JSON.parse(body.toString()) as unknown[]));
  expect(once.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n));
  expect(receiver.batches).toHaveLength(posts);
}

const runs =
  (script: string, connection?: string) =>
  (request: RedisRequest): boolean =>
    request.script === script && (connection === undefined || connection === request.connection);

test.concurrent(
  "an API process killed between append and answer: the repeated request adds nothing",
  scene(async (on) => {
    const { proxy, receiver, stack } = on;
    await stack.createWebhook(receiver.url);
    const point = proxy.hold({ match: runs("append.lua"), at: "reply" });
    const key = randomUUID();
    const first = sendOnce(stack, numbered(0, 100), key);
    const backAtMs = await killAt(point, stack.api);
    expect(await first).toBe(false);
    await sendUntilAnswered(stack, numbered(0, 100), key);
    await expectDelivered(on, { count: 100, backAtMs, posts: 1 });
  }),
  TEST_TIMEOUT_MS,
);

test.concurrent(
  "an API process killed between one partition's append and the next: the repeat completes the rest",
  scene(
    async (on) => {
      const { proxy, receiver, redis, stack } = on;
      const createIn = async (partition: number, type: string): Promise<void> => {
        for (;;) {
          const id = await stack.createWebhook(receiver.url, { events: [type] });
          const stored = JSON.parse((await redis.hget(keys.definitions.webhooks, id)) ?? "{}") as { partition: number };
          if (stored.partition === partition) return;
          await stack.call("DELETE", `/api/v1/webhooks/${id}`);
        }
      };
      await createIn(0, "delivery");
      await createIn(1, "bounce");
      const events = Array.from({ length: 100 }, (_, n) => event(n, n % 2 === 0 ? "delivery" : "bounce"));
      const appended: string[] = [];
      const isSecondPartition = (request: RedisRequest): boolean => {
        if (!runs("append.lua")(request)) return false;
        const partition = String(request.args[3]);
        appended.push(partition);
        return partition !== appended[0];
      };
      const partitionsWithChunks = async (): Promise<number> =>
        new Set((await redis.keys("*:c:*")).map((key) => key.slice(0, key.indexOf(":c:")))).size;
      const point = proxy.hold({ match: isSecondPartition, at: "request" });
      const key = randomUUID();
      const first = sendOnce(stack, events, key);
      const backAtMs = await killAt(point, stack.api, async () => {
        await waitFor("the first partition's append", async () => (await partitionsWithChunks()) === 1);
      });
      expect(await first).toBe(false);
      await sendUntilAnswered(stack, events, key);
      await expectDelivered(on, { count: 100, backAtMs, posts: 2 });
    },
    { PARTITIONS: "2" },
  ),
  TEST_TIMEOUT_MS,
);

test.concurrent(
  "an API process killed between seal and enqueue: the job is made up for",
  scene(
    async (on) => {
      const { proxy, receiver, stack } = on;
      await stack.createWebhook(receiver.url);
      const point = proxy.hold({ match: runs("addStandardJob", "posthorn-api"), at: "request" });
      await stack.send(numbered(0, 100));
      const backAtMs = await killAt(point, stack.api);
      await expectDelivered(on, { count: 100, backAtMs, posts: 1 });
    },
    { BATCH_MAX_EVENTS: "100", BATCH_MAX_WAIT: "1m" },
  ),
  TEST_TIMEOUT_MS,
);

interface WorkerPoint {
  readonly between: string;
  readonly script: string;
  readonly connection?: string;
  readonly at: "request" | "reply";
  /** What has also happened when the process is killed. */
  readonly whenThere?: (redis: Redis) => Promise<void>;
  /** The target's answer to the first attempt. */
  readonly answer?: number;
  /** How often the batch is sent, all attempts counted. */
  readonly posts: number;
}

const WORKER_POINTS: readonly WorkerPoint[] = [
  { between: "window end and seal", script: "tick-partition.lua", at: "request", posts: 1 },
  { between: "seal and enqueue", script: "addStandardJob", at: "request", posts: 1 },
  { between: "the job's start and the claim", script: "claim-batch.lua", at: "request", posts: 1 },
  { between: "claim and POST", script: "claim-batch.lua", at: "reply", posts: 1 },
  { between: "POST and acknowledgement", script: "finish-attempt.lua", at: "request", posts: 2 },
  { between: "acknowledgement and its answer", script: "finish-attempt.lua", at: "reply", posts: 1 },
  {
    between: "acknowledgement and the removal of the job",
    script: "moveToFinished",
    connection: "posthorn-fresh-0",
    at: "request",
    whenThere: async (redis) => {
      await waitFor("the acknowledgement", async () => (await redis.keys("*:b:*")).length === 0);
    },
    posts: 1,
  },
  {
    between: "the decision to retry and its job",
    script: "addDelayedJob",
    at: "request",
    answer: 500,
    posts: 2,
  },
  {
    between: "the retry's job and the completion of the first one",
    script: "moveToFinished",
    connection: "posthorn-fresh-0",
    at: "request",
    whenThere: async (redis) => {
      const delayed = `${keys.partition(0).queuePrefix}:retry:delayed`;
      await waitFor("the retry's job", async () => (await redis.zcard(delayed)) === 1);
    },
    answer: 500,
    posts: 2,
  },
];

test.concurrent.each(WORKER_POINTS)(
  "a worker killed between $between: the batch arrives in time, and nothing is left behind",
  ({ script, connection, at, whenThere, answer = 200, posts }) =>
    scene(async (on) => {
      const { proxy, receiver, redis, stack } = on;
      await stack.createWebhook(receiver.url);
      receiver.answerWith([{ status: answer }]);
      const point = proxy.hold({ match: runs(script, connection), at });
      await stack.send(numbered(0, 100));
      const backAtMs = await killAt(point, worker(stack), () => whenThere?.(redis));
      await expectDelivered(on, { count: 100, backAtMs, posts });
    })(),
  TEST_TIMEOUT_MS,
);

const MANY = 1_100;
test.concurrent(
  "a worker killed between acknowledgement and clean-up: the rest of a batch of many chunks is let go",
  scene(
    async (on) => {
      const { proxy, receiver, redis, stack } = on;
      await stack.createWebhook(receiver.url);
      let isFinished = false;
      const point = proxy.hold({
        match: (request) => {
          isFinished ||= runs("finish-attempt.lua")(request);
          return isFinished && runs("tick-partition.lua")(request);
        },
        at: "request",
      });
      for (let first = 0; first < MANY; first += 50) {
        await Promise.all(numbered(first, 50).map((one) => stack.send([one])));
      }
      const backAtMs = await killAt(point, worker(stack), async () => {
        expect(await redis.keys("*:c:*")).toHaveLength(MANY - 1_000);
      });
      await expectDelivered(on, { count: MANY, backAtMs, posts: 1 });
    },
    { BATCH_MAX_EVENTS: String(MANY), BATCH_MAX_WAIT: "1m" },
  ),
  TEST_TIMEOUT_MS,
);

test.concurrent(
  "an API process killed between definition and partition: the webhook gets its events all the same",
  scene(async (on) => {
    const { proxy, receiver, redis, stack } = on;
    const point = proxy.hold({ match: runs("configure-webhook.lua"), at: "request" });
    const created = stack.createWebhook(receiver.url).then(
      () => true,
      () => false,
    );
    const backAtMs = await killAt(point, stack.api);
    expect(await created).toBe(false);
    const { results } = (await stack.call("GET", "/api/v1/webhooks")).body as { results: { id: string }[] };
    const state = keys.partition(0).webhook(results[0]?.id ?? "");
    await waitFor("the webhook in its partition", async () => (await redis.exists(state)) === 1, PROMISED_MS);
    expect(performance.now() - backAtMs).toBeLessThan(PROMISED_MS);
    await stack.send(numbered(0, 10));
    await expectDelivered(on, { count: 10, backAtMs: performance.now(), posts: 1 });
  }),
  TEST_TIMEOUT_MS,
);
