import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stopLeftoverRedis } from "./embedded-redis.ts";

/*
 * Runs a program that knows nothing of our IPC channel, and stops it when the launcher is gone, even by SIGKILL:
 * `node keep-redis.js <port> <folder> redis-server …`. API and worker notice by themselves and get a moment to store their results.
 */

const GRACE_MS = 2_500;
const KILL_AFTER_MS = 1_500;

/** The compiled form of this file, which is what runs. */
export const KEEP_REDIS = fileURLToPath(new URL("../../dist/redis/keep-redis.js", import.meta.url));

function keep(command: string, args: readonly string[]): void {
  const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  child.on("error", (error) => {
    console.error(`${command} cannot be started (${error.message}): install Redis, or set REDIS_URL`);
    process.exit(1);
  });
  child.on("exit", (code) => process.exit(code ?? 1));
  // A shutdown of Redis waits for its files; a second signal means now.
  let stopping = false;
  process.on("SIGTERM", () => {
    child.kill(stopping ? "SIGKILL" : "SIGTERM");
    stopping = true;
  });
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => {
    setTimeout(() => child.kill("SIGTERM"), GRACE_MS);
    setTimeout(() => child.kill("SIGKILL"), GRACE_MS + KILL_AFTER_MS);
  });
}

const [, script, port, dir, command, ...args] = process.argv;
if (script === KEEP_REDIS && dir !== undefined && command !== undefined) {
  // Should this process have been killed before, then its Redis still runs.
  await stopLeftoverRedis(Number(port), dir);
  if (process.connected) keep(command, args);
}
