import { redisArguments, redisMemoryBytes } from "./embedded-redis.ts";
import { isNewEnough, readVersion } from "./redis-version.ts";

test("the embedded Redis has every write on disk before its answer, evicts nothing and listens on loopback alone", () => {
  const text = redisArguments({ dir: "/data", port: 7001, maxMemoryBytes: 1000 }).join(" ");
  for (const setting of [
    "--bind 127.0.0.1",
    "--port 7001",
    "--dir /data",
    "--appendonly yes",
    "--appendfsync always",
    "--maxmemory 1000",
    "--maxmemory-policy noeviction",
  ]) {
    expect(text).toContain(setting);
  }
});

test("its memory leaves room for a copy of it while the append-only file is rewritten", () => {
  expect(2 * redisMemoryBytes(10_000)).toBeLessThan(10_000);
});

test.each([
  ["Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", "7.0.15"],
  ["Valkey server v=8.1.1 sha=00000000:0 malloc=libc bits=64", "8.1.1"],
  ["bash: redis-server: command not found", undefined],
])("the version in %j is %s", (printed, version) => {
  expect(readVersion(printed)).toBe(version);
});

test.each([
  ["6.0.16", false],
  ["6.2.0", true],
  ["5.0.14", false],
  ["10.0.0", true],
  ["unknown", true],
])("version %s is new enough: %s", (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});
