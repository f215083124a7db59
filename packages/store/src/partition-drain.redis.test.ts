import type { WebhookId } from "@posthorn/core";
import { createPartition, numbered, OK, REFUSED } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import type { PartitionLimits } from "./limits.ts";

const MINUTE = 60_000;

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

/** Every event is a batch. */
const partition = (limits: Partial<PartitionLimits> = {}): PartitionHarness =>
  createPartition(redis, { maxEvents: 1, concurrency: 4, ...limits });
const slotsOf = (p: PartitionHarness, id: WebhookId): Promise<number> => redis.zcard(p.keys.partition(0).slots(id));

test("a failing webhook holds one slot, and the drain of its thousand batches its slots in the retry lane", async () => {
  const p = partition();
  const id = await p.webhook();
  await p.send([id], numbered(1_000));
  while ((await p.tryAll(() => REFUSED)).length > 0);
  for (let minute = 0; minute < 10; minute++) {
    await p.pass(MINUTE);
    expect(await slotsOf(p, id)).toBeLessThanOrEqual(1);
    await p.tryAll(() => REFUSED);
  }
  await p.pass(5 * MINUTE);
  await p.finish(await p.leaseNext(), OK);

  let delivered = 1;
  while (p.hints.some(({ delayMs }) => delayMs <= p.now())) {
    expect(await slotsOf(p, id)).toBeLessThanOrEqual(4);
    expect(p.hints.every(({ lane }) => lane === "retry")).toBe(true);
    const claim = await p.claimNext();
    if (claim.kind !== "leased") continue;
    await p.finish(claim, OK);
    delivered++;
  }
  expect(delivered).toBe(1_000);
  await p.send([id], numbered(1));
  expect(p.hints.filter(({ delayMs }) => delayMs <= p.now()).map(({ lane }) => lane)).toEqual(["fresh"]);
  expect(await p.audit()).toEqual([]);
});
