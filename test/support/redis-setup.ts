import { startRedisServer } from "./redis-server.ts";
import type { RedisServer } from "./redis-server.ts";

declare global {
  var sharedRedisServer: RedisServer | undefined;
}

/** One Redis for all tests that do not harm theirs; each test takes a namespace or a database of its own. */
export default async function setUp(): Promise<void> {
  if (process.env["TEST_REDIS_URL"] !== undefined) return;
  globalThis.sharedRedisServer = await startRedisServer();
  process.env["TEST_REDIS_URL"] = globalThis.sharedRedisServer.url;
}
