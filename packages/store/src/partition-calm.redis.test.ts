import { answered, createPartition, numbered, OK } from "../../../test/support/partition.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

test("while it is calm nothing that waits is deleted for its expiry; at its end it is", async () => {
  const p = createPartition(redis, { maxEvents: 1 });
  const id = await p.webhook({ paused: true });
  await p.send([id], numbered(3));
  await p.configure(id, { active: false, paused: false });
  await p.batches.calm(0, 4 * HOUR + 10 * MINUTE);
  await p.pass(4 * HOUR + 10 * MINUTE - 1);
  expect(await p.sealed(id)).toHaveLength(3);
  await p.pass(1);
  expect(await p.sealed(id)).toEqual([]);
  expect(p.notes.map(({ kind }) => kind)).toEqual(["expired", "expired", "expired"]);
});

test("a last try that fails while it is calm is made again at its end", async () => {
  const p = createPartition(redis, { maxEvents: 1 });
  const id = await p.webhook();
  await p.send([id], numbered(1));
  await p.finish(await p.leaseNext(), answered(400));
  // The clock jumps, past the expiry.
  await p.pass(5 * HOUR);
  await p.batches.calm(0, 10 * MINUTE);
  expect(await p.finish(await p.leaseNext(), answered(400))).toBe("postponed");
  await p.pass(10 * MINUTE - 1);
  expect(await p.tryAll(() => answered(400))).toEqual([]);
  await p.pass(1);
  expect(await p.tryAll(() => answered(400))).toHaveLength(1);
  expect(p.notes.map(({ kind }) => kind)).toEqual(["expired"]);
});

test("a target that recovers after the calm began gets what would have expired", async () => {
  const p = createPartition(redis, { maxEvents: 1, concurrency: 1, probeMaxMs: 2 * HOUR });
  const id = await p.webhook();
  await p.send([id], numbered(4));
  await p.tryAll(() => answered(503));
  for (let hours = 0; hours < 3; hours += 1) {
    await p.pass(HOUR);
    await p.tryAll(() => answered(503));
  }
  // The clock jumps.
  await p.batches.calm(0, HOUR + 10 * MINUTE);
  await p.pass(HOUR + 5 * MINUTE);
  expect(await p.sealed(id)).toHaveLength(4);
  await p.tryAll(() => OK);
  expect(await p.sealed(id)).toEqual([]);
  expect(p.notes).toEqual([]);
});
