import { Redis } from "ioredis";
import { startRedisProxy } from "../support/redis-proxy.ts";
import type { RedisProxy } from "../support/redis-proxy.ts";
import { freshDatabase } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

let proxy: RedisProxy;
let direct: Redis;
let through: Redis;

beforeEach(async () => {
  const url = await freshDatabase();
  proxy = await startRedisProxy(url);
  direct = new Redis(url);
  through = connectThrough("watched");
});
afterEach(async () => {
  direct.disconnect();
  through.disconnect();
  await proxy.close();
});

function connectThrough(name: string): Redis {
  const redis = new Redis(proxy.url, { connectionName: name, retryStrategy: () => 20, maxRetriesPerRequest: null });
  redis.on("error", () => undefined);
  return redis;
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => setTimeout(resolve, 100, false));
  return Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    later,
  ]);
}

test("what passes is what was sent, however large and however many at once", async () => {
  const large = Buffer.alloc(3_000_000, "0123456789\r\n");
  await through.set("large", large);
  expect((await through.getBuffer("large"))?.equals(large)).toBe(true);
  const pipeline = through.pipeline();
  for (let n = 0; n < 5_000; n++) pipeline.rpush("list", `${n}`);
  await pipeline.exec();
  expect(await through.lrange("list", 0, -1)).toHaveLength(5_000);
  expect(await through.multi().set("a", "1").get("a").exec()).toEqual([
    [null, "OK"],
    [null, "1"],
  ]);
});

test("a request is held before Redis sees it, and what is behind it waits too", async () => {
  const hold = proxy.hold({
    match: ({ command, args }) => command === "SET" && String(args[1]) === "k",
    at: "request",
  });
  await through.set("other", "1");
  const held = through.set("k", "1");
  const behind = through.get("other");
  await hold.reached;
  expect(await isSettled(Promise.all([held, behind]))).toBe(false);
  expect(await direct.get("k")).toBeNull();
  hold.release();
  expect(await behind).toBe("1");
  expect(await direct.get("k")).toBe("1");
});

test("a reply is held when Redis has done what was asked; a connection of another name goes on", async () => {
  const hold = proxy.hold({
    match: ({ command, connection }) => command === "INCR" && connection === "watched",
    at: "reply",
  });
  const other = connectThrough("other");
  expect(await other.incr("n")).toBe(1);
  const held = through.incr("n");
  await hold.reached;
  expect(await direct.get("n")).toBe("2");
  expect(await isSettled(held)).toBe(false);
  hold.release();
  expect(await held).toBe(2);
  other.disconnect();
});

test("a held request whose sender goes away never reaches Redis", async () => {
  const hold = proxy.hold({ match: ({ command }) => command === "SET", at: "request" });
  const sender = connectThrough("sender");
  sender.set("k", "1").catch(() => undefined);
  await hold.reached;
  sender.disconnect();
  await waitFor("its end", async () => !String(await direct.client("LIST")).includes("name=sender"));
  hold.release();
  await through.set("k", "2", "NX");
  expect(await direct.get("k")).toBe("2");
});

test("connections are cut, refused, half-open and slow when told, and well again when healed", async () => {
  await through.set("k", "1");
  const connected = through.stream.localPort;
  proxy.cut();
  expect(await through.get("k")).toBe("1");
  expect(through.stream.localPort).not.toBe(connected);

  await proxy.refuse();
  await new Promise<void>((resolve) => {
    through.on("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "ECONNREFUSED") resolve();
    });
  });
  await proxy.accept();
  expect(await through.get("k")).toBe("1");

  const other = connectThrough("other");
  await other.ping();
  proxy.halfOpen((name) => name === "watched");
  const swallowed = through.get("k");
  expect(await other.get("k")).toBe("1");
  expect(await isSettled(swallowed)).toBe(false);
  await proxy.heal();
  expect(await swallowed).toBe("1");

  proxy.latency(60);
  const startedAt = performance.now();
  await Promise.all([other.get("k"), other.set("k", "2")]);
  expect(performance.now() - startedAt).toBeGreaterThan(100);
  await proxy.heal();
  await waitFor("the last write", async () => (await direct.get("k")) === "2");
  other.disconnect();
});
