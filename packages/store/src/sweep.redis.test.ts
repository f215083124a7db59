import { randomUUID } from "node:crypto";
import { waitFor } from "../../../test/support/wait-for.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createKeys } from "./keys.ts";
import { createSweeps } from "./sweep.ts";

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ url: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());
afterEach(() => jest.restoreAllMocks());

test.each([
  ["ahead", 3_600_000],
  ["back", -3_600_000],
])(
  "a machine whose clock is set %s by an hour goes on sweeping when it joins again",
  async (_, byMs) => {
    const keys = createKeys(`t${randomUUID()}`);
    const sweeps = createSweeps({ redis, url: process.env["TEST_REDIS_URL"] ?? "", keys });
    let swept = 0;
    const join = () => sweeps.join({ sweep: async () => void swept++, onError: () => undefined });
    const before = await join();
    await waitFor("the first sweep", () => swept === 1);
    await before.close();
    const realNow = Date.now;
    jest.spyOn(Date, "now").mockImplementation(() => realNow() + byMs);
    // Nobody has swept for a while: whoever watches joins again.
    await redis.del(keys.definitions.swept);
    expect(await sweeps.areLate()).toBe(true);
    const after = await join();
    try {
      await waitFor("two sweeps", () => swept > 2, 25_000);
    } finally {
      await after.close();
    }
  },
  60_000,
);
