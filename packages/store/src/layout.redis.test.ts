import { randomUUID } from "node:crypto";
import { waitFor } from "../../../test/support/wait-for.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createKeys } from "./keys.ts";
import type { Keys } from "./keys.ts";
import { LAYOUT, prepareLayout, readLayout, watchLayout } from "./layout.ts";
import type { Migration } from "./layout.ts";
import { createLock } from "./lock.ts";

let redis: RedisClient;
let keys: Keys;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
beforeEach(() => {
  keys = createKeys(`t${randomUUID()}`);
});
afterAll(() => redis.disconnect());

interface Options {
  readonly migrations?: readonly Migration[];
  readonly layout?: number;
  readonly alive?: { readonly api: number; readonly workers: number };
}

function prepare({ alive = { api: 0, workers: 0 }, ...options }: Options = {}): Promise<void> {
  const lock = createLock({ redis, key: keys.definitions.layoutLock });
  return prepareLayout({ redis, keys, lock, processes: { count: async () => alive }, ...options });
}

const migration = (to: number, ran: number[], isHarmless = false): Migration => ({
  to,
  isHarmless,
  run: async () => {
    ran.push(to);
  },
});

test("data without a layout, whose processes may go on, get this release's", async () => {
  await prepare({ alive: { api: 2, workers: 3 } });
  expect(await readLayout(redis, keys)).toBe(LAYOUT);
  await prepare({ migrations: [] });
});

test("data of an earlier layout are brought up step by step, once, whoever starts at the same time", async () => {
  const ran: number[] = [];
  const migrations = [migration(1, ran, true), migration(2, ran), migration(3, ran)];
  await redis.set(keys.definitions.layout, "1");
  await Promise.all(Array.from({ length: 4 }, () => prepare({ migrations, layout: 3 })));
  expect(ran).toEqual([2, 3]);
  expect(await readLayout(redis, keys)).toBe(3);
});

test("a step that fails is done again by the next start, and those before it are not", async () => {
  const ran: number[] = [];
  const failing: Migration = {
    to: 3,
    isHarmless: false,
    run: async () => {
      throw new Error("it failed");
    },
  };
  const before = [migration(1, ran), migration(2, ran)];
  await expect(prepare({ migrations: [...before, failing], layout: 3 })).rejects.toThrow("it failed");
  expect(await readLayout(redis, keys)).toBe(2);
  await prepare({ migrations: [...before, migration(3, ran)], layout: 3 });
  expect(ran).toEqual([1, 2, 3]);
});

test("while processes of the earlier release live, data are not changed under their feet", async () => {
  const ran: number[] = [];
  await redis.set(keys.definitions.layout, "1");
  const start = prepare({ migrations: [migration(2, ran)], layout: 2, alive: { api: 1, workers: 2 } });
  await expect(start).rejects.toThrow(/layout 1.*needs 2.*stop all of them first \(1 API processes and 2 workers/);
  expect(ran).toEqual([]);
  expect(await readLayout(redis, keys)).toBe(1);
});

test("data of a later release are refused with what to do", async () => {
  await redis.set(keys.definitions.layout, "99");
  await expect(prepare()).rejects.toThrow(/layout 99, of a later release.*run the later release, or restore a backup/);
});

test("a process that runs is told once when a later release has changed the data", async () => {
  await prepare();
  const told: Error[] = [];
  const onError = (error: Error): void => {
    throw error;
  };
  const watch = watchLayout({ redis, keys, onNewer: (error) => told.push(error), onError, lookEveryMs: 5 });
  await redis.set(keys.definitions.layout, "99");
  await waitFor("it being told", () => told.length > 0);
  watch.stop();
  expect(told.map(({ message }) => message)).toEqual([expect.stringContaining("layout 99, of a later release")]);
});
