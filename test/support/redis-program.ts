import { fileURLToPath } from "node:url";
import { findRedis } from "../../packages/cli/src/redis/find-redis.ts";
import { findOnPath, probeProgram } from "../../packages/cli/src/redis/redis-program.ts";
import type { RedisProgram } from "../../packages/cli/src/redis/redis-program.ts";

const DATA_DIR = fileURLToPath(new URL("../../.posthorn", import.meta.url));

let found: Promise<RedisProgram> | undefined;

/** The `redis-server` for tests: the one named by `TEST_REDIS_SERVER`, else the one that `npm start` would run. */
export function redisProgram(): Promise<RedisProgram> {
  found ??= findProgram();
  return found;
}

/** The `valkey-server` that `TEST_VALKEY_SERVER` names, or that is on the path; `undefined` = there is none here. */
export function valkeyProgram(): RedisProgram | undefined {
  const named = process.env["TEST_VALKEY_SERVER"];
  const command = named ?? findOnPath(["valkey-server"], process.env["PATH"] ?? "");
  const program = command === undefined ? undefined : probeProgram(command);
  if (named !== undefined && program === undefined) {
    throw new Error(`TEST_VALKEY_SERVER ${named} does not run: correct or unset it`);
  }
  return program;
}

async function findProgram(): Promise<RedisProgram> {
  const named = process.env["TEST_REDIS_SERVER"];
  if (named !== undefined) {
    const program = probeProgram(named);
    if (program === undefined) throw new Error(`TEST_REDIS_SERVER ${named} does not run: correct or unset it`);
    return program;
  }
  const redis = await findRedis({ env: { PATH: process.env["PATH"] }, dataDir: DATA_DIR, say: console.error });
  if (redis.kind === "program") return redis.program;
  throw new Error("tests need a redis-server program: install redis-server, or set TEST_REDIS_SERVER");
}
