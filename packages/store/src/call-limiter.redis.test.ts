import { randomUUID } from "node:crypto";
import { waitFor } from "../../../test/support/wait-for.ts";
import { createCallLimiter } from "./call-limiter.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createKeys } from "./keys.ts";

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

test("calls are counted over all processes, each caller for itself, and a second later there is room again", async () => {
  const keys = createKeys(`t${randomUUID()}`);
  const one = createCallLimiter({ redis, keys, callsPerSecond: 4 });
  const other = createCallLimiter({ redis, keys, callsPerSecond: 4 });
  const waits = await Promise.all([one, other, one, other, one, other].map((limiter) => limiter.waitMs("ada")));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(4);
  for (const wait of waits) expect(wait).toBeLessThanOrEqual(1_000);
  expect(await one.waitMs("bob")).toBe(0);
  await waitFor("room for another call", async () => (await other.waitMs("ada")) === 0, 5_000);
});

test("while Redis is away a process counts for itself", async () => {
  const away = connect({ address: "redis://127.0.0.1:1", name: "test", onError: () => undefined });
  const limiter = createCallLimiter({ redis: away, keys: createKeys("t"), callsPerSecond: 2 });
  const waits = [await limiter.waitMs("ada"), await limiter.waitMs("ada"), await limiter.waitMs("ada")];
  expect(waits.slice(0, 2)).toEqual([0, 0]);
  expect(waits[2]).toBeGreaterThan(0);
  away.disconnect();
});

test("nobody is kept waiting for longer than a second when a clock is set back, this machine's or that of Redis", async () => {
  const keys = createKeys(`t${randomUUID()}`);
  const limiter = createCallLimiter({ redis, keys, callsPerSecond: 1 });
  const realNow = Date.now;
  await Promise.all([limiter.waitMs("ada"), limiter.waitMs("ada"), limiter.waitMs("ada")]);
  const clock = jest.spyOn(Date, "now").mockImplementation(() => realNow() - 3_600_000);
  const waits = [await limiter.waitMs("ada"), await limiter.waitMs("ada")];
  clock.mockRestore();
  expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);

  await limiter.waitMs("bob");
  // What Redis makes of a window's end when its clock is set back.
  for (const key of await redis.keys(`${keys.callRate}*bob`)) await redis.pexpire(key, 3_600_000);
  expect(await limiter.waitMs("bob")).toBe(0);
  await waitFor("room for another call", async () => (await limiter.waitMs("bob")) === 0, 5_000);
});
