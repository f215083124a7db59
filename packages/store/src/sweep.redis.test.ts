import { randomUUID } from "node:crypto";
import { waitFor } from "../../../test/support/wait-for.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createKeys } from "./keys.ts";
import type { Keys } from "./keys.ts";
import { createSweeps } from "./sweep.ts";
import type { Sweeps } from "./sweep.ts";

const url = process.env["TEST_REDIS_URL"] ?? "";
let redis: RedisClient;
let keys: Keys;
let sweeps: Sweeps;

beforeEach(async () => {
  redis = connect({ address: url, name: "test", onError: () => undefined });
  await redis.connect();
  keys = createKeys(`t${randomUUID()}`);
  sweeps = createSweeps({ redis, address: url, keys });
});
afterEach(() => {
  jest.restoreAllMocks();
  redis.disconnect();
});

test("sweeps whose next job was lost are late, and go on when somebody joins", async () => {
  let swept = 0;
  const onError = (): void => undefined;
  const sweep = async (): Promise<void> => {
    swept += 1;
  };
  expect(await sweeps.areLate()).toBe(true);
  const first = await sweeps.join({ sweep, onError });
  await waitFor("the first sweep", async () => swept > 0 && !(await sweeps.areLate()), 15_000);
  await first.drop();
  // As when Redis had no memory for the job of the next sweep.
  await redis.del(`${keys.partition(0).queuePrefix}:sweep:delayed`);
  await redis.pexpire(keys.definitions.swept, 1);
  await waitFor("it being noticed", () => sweeps.areLate());
  const before = swept;
  const second = await sweeps.join({ sweep, onError });
  await waitFor("another sweep", () => swept > before, 15_000);
  await second.close();
}, 60_000);

test("a sweep that cannot be joined since Redis is away says so at once", async () => {
  redis.disconnect();
  await expect(sweeps.join({ sweep: async () => undefined, onError: () => undefined })).rejects.toThrow(
    "Redis cannot serve this now",
  );
  await expect(sweeps.areLate()).rejects.toThrow("Redis cannot serve this now");
});

test.each([
  ["ahead", 3_600_000],
  ["back", -3_600_000],
])(
  "a machine whose clock is set %s by an hour goes on sweeping when it joins again",
  async (_, byMs) => {
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
