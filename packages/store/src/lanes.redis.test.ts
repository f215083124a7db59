import { randomUUID } from "node:crypto";
import type { BatchId, WebhookId } from "@posthorn/core";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createKeys } from "./keys.ts";
import { createLaneProducer, JobsNotAddedError } from "./lanes.ts";
import type { Hint, Lane } from "./partition-script.ts";

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

const hintOf = (lane: Lane): Hint => ({
  lane,
  webhook: randomUUID() as WebhookId,
  batch: randomUUID() as BatchId,
  attempt: 1,
  hint: 1,
  delayMs: 0,
});

test.each([
  ["fresh", "retry"],
  ["retry", "fresh"],
] as const)(
  "a %s lane that takes no jobs keeps none from the %s one, and is the only one to lose them",
  async (bad, good) => {
    const keys = createKeys(`t${randomUUID()}`);
    const { queuePrefix } = keys.partition(0);
    const producer = createLaneProducer({ redis, keys, onError: () => undefined });
    await redis.set(`${queuePrefix}:${bad}:wait`, "no list");
    const [lost, added] = [hintOf(bad), hintOf(good)];
    const error: unknown = await producer.add(0, [added, lost]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(JobsNotAddedError);
    expect(error).toMatchObject({ hints: [lost], message: expect.stringContaining("WRONGTYPE") as string });
    expect(await redis.llen(`${queuePrefix}:${good}:wait`)).toBe(1);
    await producer.close();
  },
);
