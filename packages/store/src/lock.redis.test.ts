import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { createLock } from "./lock.ts";
import { waitFor } from "../../../test/support/wait-for.ts";

let redis: Redis;
let key: string;
beforeEach(() => {
  redis = new Redis(process.env["TEST_REDIS_URL"] ?? "");
  key = `{t${randomUUID()}}:lock`;
});
afterEach(() => redis.disconnect());

const lock = () => createLock({ redis, key, lifeMs: 300, extendEveryMs: 50 });

test("one at a time has it, and whoever waits has it next", async () => {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<string> => {
    inside += 1;
    most = Math.max(most, inside);
    await delay(20);
    inside -= 1;
    return "done";
  };
  const all = await Promise.all(Array.from({ length: 8 }, () => lock().hold({ patienceMs: 10_000 }, work)));
  expect(all).toEqual(Array.from({ length: 8 }, () => ({ kind: "held", value: "done" })));
  expect(most).toBe(1);
  expect(await redis.exists(key)).toBe(0);
});

test("it is kept for as long as the work takes, and given back when the work fails", async () => {
  const failing = lock().hold({ patienceMs: 0 }, async (lost) => {
    await delay(700);
    expect(lost.aborted).toBe(false);
    throw new Error("failed");
  });
  failing.catch(() => undefined);
  await waitFor("the lock being taken", async () => (await redis.exists(key)) === 1);
  expect(await lock().hold({ patienceMs: 100 }, async () => undefined)).toEqual({ kind: "busy" });
  await expect(failing).rejects.toThrow("failed");
  expect(await lock().hold({ patienceMs: 0 }, async () => "mine")).toEqual({ kind: "held", value: "mine" });
});

test("a process that died keeps the others waiting for its life only", async () => {
  await redis.set(key, "somebody who died", "PX", 300);
  expect(await lock().hold({ patienceMs: 5_000 }, async () => "mine")).toEqual({ kind: "held", value: "mine" });
});

test("the work hears when somebody else has it, who then keeps it", async () => {
  await lock().hold({ patienceMs: 0 }, async (lost) => {
    await redis.set(key, "somebody else");
    await waitFor("the loss", () => lost.aborted);
  });
  expect(await redis.get(key)).toBe("somebody else");
});

test("a wait can be ended", async () => {
  await redis.set(key, "somebody else");
  const stopping = new AbortController();
  const waiting = lock().hold({ patienceMs: 60_000, signal: stopping.signal }, async () => undefined);
  stopping.abort();
  expect(await waiting).toEqual({ kind: "busy" });
});

test("a process that died keeps nobody waiting for longer when the clock of Redis was set back meanwhile", async () => {
  await redis.set(key, "somebody who died", "PX", 3_600_000);
  expect(await lock().hold({ patienceMs: 5_000 }, async () => "mine")).toEqual({ kind: "held", value: "mine" });
});
