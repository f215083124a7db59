import { redisProgram } from "./redis-program.ts";
import { startSharedRedis } from "./shared-redis.ts";
import type { SharedRedis } from "./shared-redis.ts";

declare global {
  var sharedRedis: SharedRedis | undefined;
}

/** One Redis for all tests that do not harm theirs; each test takes a namespace or a database of its own. */
export default async function setUp(): Promise<void> {
  // Which tests a file has, and skips, is decided before anything of it runs.
  process.env["TEST_REDIS_VERSION"] ??= await redisProgram().then(
    ({ version }) => version,
    () => "none",
  );
  if (process.env["TEST_REDIS_URL"] !== undefined) return;
  globalThis.sharedRedis = await startSharedRedis();
  process.env["TEST_REDIS_URL"] = globalThis.sharedRedis.url;
  console.error(`Redis for tests: ${globalThis.sharedRedis.what}`);
}
