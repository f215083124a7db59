import { randomUUID } from "node:crypto";
import type { BacklogSettings } from "@posthorn/core";
import { startRedisServer } from "../../../test/support/redis-server.ts";
import type { RedisServer } from "../../../test/support/redis-server.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { watchBacklog } from "./backlog.ts";
import type { Backlog } from "./backlog.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createKeys } from "./keys.ts";

const MB = 1024 ** 2;
const UNSET: BacklogSettings = { totalBytes: undefined, webhookBytes: undefined };

let server: RedisServer;
let redis: RedisClient;
beforeAll(async () => {
  server = await startRedisServer();
  redis = await connected(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.remove();
});
const watching: Backlog[] = [];
afterEach(async () => {
  for (const backlog of watching.splice(0)) await backlog.stop();
  await redis.config("SET", "maxmemory", "0");
});

async function connected(url: string): Promise<RedisClient> {
  const client = connect({ address: url, name: "test", onError: () => undefined });
  await client.connect();
  return client;
}

const keys = createKeys(`t${randomUUID()}`);

async function watch(client: RedisClient, settings = UNSET, partitions = [0]): Promise<Backlog> {
  const backlog = await watchBacklog({
    redis: client,
    keys,
    settings,
    partitions: async () => partitions,
    onError: (error) => {
      throw error;
    },
  });
  watching.push(backlog);
  return backlog;
}

test("the limits follow maxmemory, also when it changes while Redis runs", async () => {
  await redis.config("SET", "maxmemory", String(100 * MB));
  const backlog = await watch(redis);
  expect(backlog.view().limits).toMatchObject({ totalBytes: 60 * MB, webhookBytes: 45 * MB, basis: "maxmemory" });
  await redis.config("SET", "maxmemory", String(200 * MB));
  await waitFor("the new limit", () => backlog.view().limits.totalBytes === 120 * MB, 15_000);
}, 30_000);

test("a Redis without maxmemory is limited by its machine's memory", async () => {
  const { limits } = (await watch(redis)).view();
  expect(limits.basis).toBe("machine");
  expect(limits.totalBytes).toBeGreaterThan(MB);
});

test("a Redis that tells nothing of its memory is refused, saying what to set, and taken when that is set", async () => {
  await redis.call("ACL", "SETUSER", "blind", "on", ">secret", "~*", "&*", "+@all", "-info");
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const blind = await connected(server.url.replace("redis://", "redis://blind:secret@"));
  warned.mockRestore();
  try {
    await expect(watch(blind)).rejects.toThrow(/set BACKLOG_MAX_BYTES/);
    const backlog = await watch(blind, { totalBytes: 1_000, webhookBytes: undefined });
    expect(backlog.view().limits).toEqual({ totalBytes: 1_000, webhookBytes: 750, basis: "setting" });
  } finally {
    blind.disconnect();
  }
});

test("a partition may store what the others have left, as they were seen last", async () => {
  const backlog = await watch(redis, { totalBytes: 1_000, webhookBytes: undefined }, [0, 1]);
  expect(backlog.share(0).backlogMaxBytes).toBe(1_000);
  await redis.hset(keys.partition(1).usage, { b: 300, r: 100 });
  await waitFor("the other partition being seen", () => backlog.view().usedBytes === 400);
  expect(backlog.share(0)).toMatchObject({ backlogMaxBytes: 600, backlogHighBytes: 350 });
  expect(backlog.share(1)).toMatchObject({ backlogMaxBytes: 1_000, backlogHighBytes: 750 });
});
