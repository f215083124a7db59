import { judgeRedis } from "./check-given-redis.ts";

const GOOD = { version: "7.0.15", durability: "in words", maxMemoryPolicy: "noeviction", persists: true };

test("a current Redis that persists and never evicts is taken without a word", () => {
  expect(judgeRedis(GOOD)).toEqual({ refusals: [], warnings: [] });
  expect(judgeRedis({ ...GOOD, maxMemoryPolicy: undefined })).toEqual({ refusals: [], warnings: [] });
});

test("a Redis that is too old and evicts is refused for both reasons", () => {
  const { refusals } = judgeRedis({ ...GOOD, version: "6.0.16", maxMemoryPolicy: "allkeys-lru" });
  expect(refusals).toEqual([
    expect.stringContaining("6.0.16, older than 6.2"),
    expect.stringContaining("maxmemory-policy allkeys-lru"),
  ]);
});

test("a Redis that persists nothing is taken with a warning that says what is lost", () => {
  const { refusals, warnings } = judgeRedis({ ...GOOD, persists: false, durability: "all is lost" });
  expect(refusals).toEqual([]);
  expect(warnings).toEqual([expect.stringMatching(/all is lost.*appendonly yes/)]);
});
