import { randomUUID } from "node:crypto";
import type { BatchId, RequestId, WebhookId } from "@posthorn/core";
import { answered, chunkOf, createPartition, numbered, OK } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { startRedisServer } from "../../../test/support/redis-server.ts";
import type { RedisServer } from "../../../test/support/redis-server.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createKeys } from "./keys.ts";
import { createProcesses } from "./processes.ts";
import { createIdempotency } from "./redis-idempotency.ts";
import { StoreUnavailableError } from "./unavailable.ts";

let server: RedisServer;
let redis: RedisClient;
beforeAll(async () => {
  server = await startRedisServer();
  redis = connect({ address: server.url, name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(async () => {
  redis.disconnect();
  await server.remove();
});
afterEach(() => redis.config("SET", "maxmemory", "0"));

/** As when somebody else's data fills the Redis: it uses more than it may. */
async function fill(): Promise<void> {
  await redis.config("SET", "maxmemory", "1mb");
  await expect(redis.set("more", "x")).rejects.toThrow(/^OOM/);
}

async function withBatches(count: number): Promise<[PartitionHarness, WebhookId]> {
  const p = createPartition(redis, { maxEvents: 1, concurrency: count });
  const id = await p.webhook();
  await p.send([id], numbered(count));
  return [p, id];
}

test("a Redis at maxmemory takes nothing in", async () => {
  const [p, id] = await withBatches(1);
  await fill();
  await expect(p.send([id], numbered(1, 1))).rejects.toThrow(StoreUnavailableError);
  const idempotency = createIdempotency({ redis, keys: p.keys });
  const request = { requestId: randomUUID() as RequestId, holder: "test", digest: "d", partitions: [0] };
  await expect(idempotency.begin({ ...request, windowMs: 60_000 })).rejects.toThrow(StoreUnavailableError);
});

test("a Redis at maxmemory still records results and deletes what was delivered", async () => {
  const [p, id] = await withBatches(4);
  const leased = await p.leaseNext();
  await fill();
  expect(await p.batches.renew(0, leased.batch, leased.attempt)).toBe(true);
  expect(await p.finish(leased, OK)).toBe("applied");
  expect(await p.finish(await p.leaseNext(), answered(500))).toBe("applied");
  expect(await p.tryAll(() => OK)).toHaveLength(2);
  await p.pass(70_000);
  expect(await p.tryAll(() => OK)).toHaveLength(1);
  expect(await p.sealed(id)).toEqual([]);
  expect(await p.audit()).toEqual([]);
  expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
});

test("a Redis at maxmemory lets people steer, and delete a webhook with all that waits", async () => {
  const [p, webhook] = await withBatches(4);
  await p.configure(webhook, { paused: true });
  await fill();
  const [first, second] = (await p.sealed(webhook)) as [BatchId, BatchId];
  expect((await p.batches.pauseBatch({ partition: 0, webhook, batch: first })).kind).toBe("applied");
  expect((await p.batches.discardBatch({ partition: 0, webhook, batch: second })).kind).toBe("applied");
  await p.configure(webhook, { paused: false });
  await p.batches.forget(webhook, 0);
  await p.pass(0);
  expect(await p.remains()).toEqual([]);
});

test("a Redis at maxmemory is paused and resumed as a whole, and lets what is given up be written to files", async () => {
  const [p, id] = await withBatches(2);
  await fill();
  const archive = p.archive();
  await archive.announce(0);
  expect(await p.pauseAll.order(true)).toBe(p.now());
  expect((await p.claimNext()).kind).toBe("held");
  expect((await p.claimNext()).kind).toBe("held");
  expect(await p.pauseAll.order(false)).toBeUndefined();
  await p.configure(id, { active: false });
  for (let looks = 0; looks < 3; looks++) await p.pass(3 * 3_600_000);
  for (let files = 0; files < 2; files++) {
    const taken = await archive.take(0);
    expect(taken?.why).toBe("expired");
    expect(await archive.keep(0, taken?.id as BatchId)).toBe(true);
    expect(await archive.end(0, taken?.id as BatchId)).toBe(true);
  }
  expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
});

test("a Redis at maxmemory gets room by what is packed", async () => {
  const p = createPartition(redis, { maxEvents: 1_000, maxBytes: 1_000_000 });
  const webhook = await p.webhook({ paused: true });
  const texts = Array.from({ length: 500 }, (_, n) => JSON.stringify({ n, pad: "x".repeat(400) }));
  for (let n = 0; n < 10; n++) await p.send([webhook], texts.slice(n * 50, n * 50 + 50));
  await p.pass(31_000);
  await p.pass(1_000);
  const { usage } = p.keys.partition(0);
  const before = Number(await redis.hget(usage, "b"));
  await fill();
  await p.pack();
  expect(Number(await redis.hget(usage, "b"))).toBeLessThan(before / 4);
  expect(await p.audit()).toEqual([]);
  await p.configure(webhook, { paused: false });
  expect(await p.body((await p.leaseNext()).batch)).toBe(`[${texts.join(",")}]`);
});

test("workers go on being heard of at maxmemory", async () => {
  await fill();
  const keys = createKeys(`t${randomUUID()}`);
  const processes = createProcesses({ redis, keys });
  await expect(processes.noteWorker("one")).resolves.not.toThrow();
});

test("nothing of an append that was refused for memory is left", async () => {
  const p = createPartition(redis, { maxEvents: 10 });
  const id = await p.webhook();
  await fill();
  const request = { partition: 0, requestId: randomUUID() as RequestId, doneTtlMs: 60_000 };
  const groups = [{ webhooks: [id], chunks: [chunkOf(numbered(25))] }];
  await expect(p.batches.append({ ...request, groups })).rejects.toThrow(StoreUnavailableError);
  await redis.config("SET", "maxmemory", "0");
  expect(await p.sealed(id)).toEqual([]);
  await p.batches.append({ ...request, groups });
  expect(await p.sealed(id)).toHaveLength(2);
});
