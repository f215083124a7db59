import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { startRedisCluster } from "../../../test/support/engines/redis-cluster.ts";
import type { RedisCluster } from "../../../test/support/engines/redis-cluster.ts";
import { createPartition, numbered } from "../../../test/support/partition.ts";
import type { RedisServer } from "../../../test/support/redis-server.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { watchBacklog } from "./backlog.ts";
import { createConfirmedPlaces } from "./confirmed-places.ts";
import { connect, connectToMaster } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { inspectRedis } from "./inspect.ts";
import { createKeys } from "./keys.ts";
import type { Keys } from "./keys.ts";
import { masterOf, mastersOf, redisNowMs } from "./masters.ts";
import { watchRedisClock } from "./redis-clock.ts";
import { consumeQueue } from "./queue-consumer.ts";
import type { RedisAddress } from "./redis-address.ts";
import { createIdempotency } from "./redis-idempotency.ts";
import { StoreUnavailableError } from "./unavailable.ts";

let cluster: RedisCluster;
let address: RedisAddress;
let redis: RedisClient;
let keys: Keys;

beforeAll(async () => {
  cluster = await startRedisCluster({ masters: 2, replicasEach: 0 });
  const nodes = cluster.nodes.map(({ port }) => ({ host: "127.0.0.1", port }));
  const login = { username: undefined, password: undefined };
  address = { kind: "cluster", nodes, tls: false, login };
  redis = connect({ address, name: "test", onError: () => undefined });
  await redis.connect();
  await Promise.all(mastersOf(redis).map((master) => master.redis.ping()));
}, 90_000);
afterAll(async () => {
  redis.disconnect();
  await cluster.remove();
});
beforeEach(() => {
  keys = createKeys(`t${randomUUID()}`);
});

const baseOf = (partition: number): string => keys.partition(partition).base;
const fail = (error: Error): void => {
  throw error;
};

/** Two partitions that lie on different masters. */
async function apart(): Promise<readonly [number, number]> {
  const first = await cluster.masterOf(baseOf(0));
  for (let partition = 1; ; partition++) {
    if ((await cluster.masterOf(baseOf(partition))) !== first) return [0, partition];
  }
}

async function otherThan(master: RedisServer): Promise<RedisServer> {
  const other = (await cluster.masters()).find((one) => one !== master);
  if (other === undefined) throw new Error("there is no other master");
  return other;
}

test("each key has its master, and each master its time", async () => {
  expect(mastersOf(redis)).toHaveLength(2);
  for (const partition of await apart()) {
    const { port } = await cluster.masterOf(baseOf(partition));
    expect(masterOf(redis, baseOf(partition)).place).toBe(`127.0.0.1:${port}`);
    expect(Math.abs((await redisNowMs(redis, baseOf(partition))) - Date.now())).toBeLessThan(5_000);
  }
  const [near, far] = await apart();
  const clock = await watchRedisClock({ redis, keys, partitions: async () => [near, far], onError: fail });
  for (const partition of [near, far]) {
    expect(Math.abs((clock.partitionMs(partition) ?? 0) - Date.now())).toBeLessThan(5_000);
  }
  expect(clock.partitionMs(7)).toBeUndefined();
  await clock.stop();
});

test("the limits of the store hold on each master, for the partitions that it has", async () => {
  const [near, far] = await apart();
  await redis.hset(keys.partition(near).usage, { b: 300, r: 100 });
  await redis.hset(keys.partition(far).usage, { b: 50 });
  const backlog = await watchBacklog({
    redis,
    keys,
    settings: { totalBytes: 1_000, webhookBytes: undefined },
    partitions: async () => [near, far],
    onError: fail,
  });
  expect(backlog.share(near).backlogMaxBytes).toBe(1_000);
  expect(backlog.share(far).backlogMaxBytes).toBe(1_000);
  expect(backlog.view()).toMatchObject({
    usedBytes: 450,
    masters: 2,
    limits: { totalBytes: 2_000, webhookBytes: 750 },
    fullest: { usedBytes: 400, limits: { totalBytes: 1_000 } },
  });
  await backlog.stop();
});

test("while a slot moves, no script runs where only a part is of what it touches", async () => {
  const p = createPartition(redis);
  const id = await p.webhook();
  await p.send([id], numbered(3));
  const base = p.keys.partition(0).base;
  const from = await cluster.masterOf(base);
  const move = await cluster.beginMove(base, await otherThan(from));
  await expect(p.send([id], numbered(3, 3))).rejects.toThrow(StoreUnavailableError);
  expect(await move.moveKeys(2)).toBe(true);
  await expect(p.send([id], numbered(3, 3))).rejects.toThrow(StoreUnavailableError);
  await expect(p.batches.tick(0)).rejects.toThrow(StoreUnavailableError);
  // A plain read finds each key where it is.
  expect(await redis.hget(p.keys.partition(0).webhook(id), "on")).toBe("3");
  while (await move.moveKeys(2));
  await move.finish();
  await p.send([id], numbered(3, 3));
  expect(await redis.hget(p.keys.partition(0).webhook(id), "on")).toBe("6");
  expect(await cluster.masterOf(base)).not.toBe(from);
}, 60_000);

test("what is to be confirmed is confirmed by the master that has it, and refused where that cannot be", async () => {
  const [near, far] = await apart();
  const confirmed = await createConfirmedPlaces({
    redis,
    confirmation: { kind: "replicas", replicas: 1 },
    connect: (master) => connectToMaster(master.redis, { name: "test-append", onError: () => undefined }),
  });
  for (const partition of [near, far]) {
    const { port } = await cluster.masterOf(baseOf(partition));
    const asked = confirmed.durably(baseOf(partition), async (connection) => {
      expect(masterOf(connection, "").redis.options.port).toBe(port);
      await connection.set(keys.partition(partition).usage, "x");
    });
    // No master here has a replica.
    await expect(asked).rejects.toThrow("0 of 1 replicas confirmed a write in time");
  }
  // What has moved is refused by where it was, and found by the next try.
  const from = await cluster.masterOf(baseOf(near));
  await cluster.moveSlot(baseOf(near), await otherThan(from), { keysAtATime: 100, pauseMs: 0 });
  const write = (): Promise<unknown> =>
    confirmed.durably(baseOf(near), (connection) => connection.set(keys.partition(near).usage, "y"));
  await expect(write()).rejects.toThrow(/MOVED/);
  await expect(write()).rejects.toThrow("0 of 1 replicas");
  confirmed.close();
}, 60_000);

test("idempotent requests lie all over a Cluster", async () => {
  const idempotency = createIdempotency({ redis, keys });
  for (let n = 0; n < 20; n++) {
    const request = {
      requestId: `r${n}` as never,
      holder: `h${n}`,
      digest: "d",
      partitions: [0],
      windowMs: 60_000,
    };
    expect((await idempotency.begin(request)).kind).toBe("begun");
    expect((await idempotency.begin({ ...request, holder: "other" })).kind).toBe("in-progress");
  }
});

test("a consumer of jobs ends at once and for good, however far it is with its connections", async () => {
  const startAndClose = async (afterMs: number): Promise<number> => {
    const consumer = consumeQueue<object>({
      address,
      queue: "lane",
      prefix: `{t${randomUUID()}}`,
      name: "test-consumer",
      process: async () => undefined,
      onError: () => undefined,
    });
    await delay(afterMs);
    const startedAtMs = performance.now();
    await consumer.close();
    return performance.now() - startedAtMs;
  };
  const tookMs: number[] = [];
  // A few at a time: what a close takes must be told from the patience for one that hangs, also on a busy machine.
  for (let turn = 0; turn < 10; turn++) {
    tookMs.push(...(await Promise.all(Array.from({ length: 8 }, (_, n) => startAndClose(turn * 8 + n)))));
  }
  expect(Math.max(...tookMs)).toBeLessThan(2_500);
  const isGone = async (): Promise<boolean> => {
    const lists = await Promise.all(mastersOf(redis).map((master) => master.redis.client("LIST")));
    return !String(lists).includes("test-consumer");
  };
  await waitFor("the end of their connections", isGone);
  // None comes back.
  for (let look = 0; look < 10; look++) {
    expect(await isGone()).toBe(true);
    await delay(100);
  }
});

test("while a master is away, the others are told of", async () => {
  expect((await inspectRedis(redis)).product).toMatch(/, 2 masters$/);
  const [, second] = cluster.nodes;
  await second?.kill("SIGSTOP");
  const inspecting = inspectRedis(redis);
  await second?.kill("SIGKILL");
  const { product, durability } = await inspecting;
  expect(product).toMatch(/, 2 masters, 1 of them away$/);
  expect(durability).toMatch(/^an acknowledged event survives a crash/);
});
