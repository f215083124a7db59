import { chooseRedis } from "./redis-source.ts";
import type { RedisOffers } from "./redis-source.ts";

const NOTHING: RedisOffers = {
  redisUrl: undefined,
  onPath: undefined,
  platform: "linux",
  hasApt: false,
  hasHomebrew: false,
};
const INSTALLED = { command: "/usr/bin/redis-server", version: "7.0.15" };

test("REDIS_URL goes before everything else, and an empty one counts as unset", () => {
  expect(chooseRedis({ ...NOTHING, redisUrl: " redis://r:1 ", onPath: INSTALLED })).toEqual({
    kind: "given",
    url: "redis://r:1",
  });
  expect(chooseRedis({ ...NOTHING, redisUrl: "", onPath: INSTALLED }).kind).toBe("path");
});

test("an installed Redis goes before a download, unless it is older than 6.2", () => {
  expect(chooseRedis({ ...NOTHING, onPath: INSTALLED, hasApt: true })).toEqual({
    kind: "path",
    command: "/usr/bin/redis-server",
  });
  const old = { command: "/usr/bin/redis-server", version: "6.0.16" };
  expect(chooseRedis({ ...NOTHING, onPath: old, hasApt: true }).kind).toBe("debian-package");
});

test("without one, the platform's own package is used", () => {
  expect(chooseRedis({ ...NOTHING, hasApt: true }).kind).toBe("debian-package");
  expect(chooseRedis({ ...NOTHING, platform: "darwin", hasHomebrew: true }).kind).toBe("homebrew");
});

test.each(["linux", "darwin", "win32"] as const)("where %s offers nothing, the advice says what to do", (platform) => {
  const source = chooseRedis({ ...NOTHING, platform });
  expect(source).toEqual({ kind: "none", advice: expect.stringMatching(/6\.2 or newer.*(install|use).*REDIS_URL/) });
});

test("the advice names a Redis that is too old", () => {
  const source = chooseRedis({ ...NOTHING, onPath: { command: "/opt/redis-server", version: "5.0.3" } });
  expect(source).toEqual({ kind: "none", advice: expect.stringContaining("/opt/redis-server is Redis 5.0.3") });
});
