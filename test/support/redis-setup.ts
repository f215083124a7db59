import { ENGINES, startEngine } from "./engines/engine.ts";
import { redisProgram } from "./redis-program.ts";
import { startSharedRedis } from "./shared-redis.ts";
import type { SharedRedis } from "./shared-redis.ts";

declare global {
  var sharedRedis: SharedRedis | undefined;
}

/** One Redis for all tests that do not harm theirs, or what `TEST_ENGINE` names; each test takes a place of its own there. */
export default async function setUp(): Promise<void> {
  // Which tests a file has, and skips, is decided before anything of it runs.
  process.env["TEST_REDIS_VERSION"] ??= await redisProgram().then(
    ({ version }) => version,
    () => "none",
  );
  if (process.env["TEST_REDIS_URL"] !== undefined) return;
  globalThis.sharedRedis = await startNamed(process.env["TEST_ENGINE"]);
  process.env["TEST_REDIS_URL"] = globalThis.sharedRedis.url;
  console.error(`Redis for tests: ${globalThis.sharedRedis.what}`);
}

async function startNamed(named: string | undefined): Promise<SharedRedis> {
  if (named === undefined) return startSharedRedis();
  const name = ENGINES.find((one) => one === named);
  if (name === undefined) throw new Error(`TEST_ENGINE ${named} is none of ${ENGINES.join(", ")}: correct or unset it`);
  return { ...(await startEngine(name)), what: name };
}
