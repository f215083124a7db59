import type { RedisClient } from "../../packages/store/src/connect.ts";
import { createKeys } from "../../packages/store/src/keys.ts";
import { openRedis } from "../support/open-redis.ts";
import { freshDatabase, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";

let stack: Stack;
let redis: RedisClient;
afterEach(async () => {
  redis.disconnect();
  await stack.stop();
});

test("when a later release has changed the data, processes of this one stop by themselves, and do not start again", async () => {
  const redisUrl = await freshDatabase();
  redis = await openRedis(redisUrl);
  stack = await startStack({ redisUrl });
  await redis.set(createKeys("posthorn").definitions.layout, "99");
  for (const service of [stack.api, ...stack.workers]) {
    expect(await service.ended()).toBe(0);
    expect(service.logs.find(({ event }) => event === "process.must-stop")).toMatchObject({ level: "fatal" });
    await expect(service.start()).rejects.toThrow(
      /layout 99, of a later release, and this one knows \d+: run the later/,
    );
    expect(await service.ended()).toBe(1);
  }
}, 60_000);
