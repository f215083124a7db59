import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import type { RedisProgram } from "../../packages/cli/src/redis/redis-program.ts";
import { redisProgram } from "./redis-program.ts";
import { freePort } from "./free-port.ts";
import { waitFor } from "./wait-for.ts";

/** A Redis of a test's own, which the test may kill and start again on the same data. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** The process' id; 0 when it does not run. */
  pid(): number;
  start(): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

/** As durable as Posthorn's own. */
const DURABLE = { appendonly: "yes", appendfsync: "always", "maxmemory-policy": "noeviction" };

/** Starts a private `redis-server` process, by default as durable as Posthorn's own, or another program like it. */
export async function startRedisServer(
  settings: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  other?: RedisProgram,
): Promise<RedisServer> {
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), "posthorn-redis-"));
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const program = other ?? (await redisProgram());

  const start = async (): Promise<void> => {
    child = spawn(
      program.command,
      [
        ...Object.entries({ port, bind: "127.0.0.1", dir, save: "", databases: 1024, ...DURABLE }).flatMap(
          ([name, value]) => [`--${name}`, String(value)],
        ),
        ...settings,
      ],
      { stdio: "ignore", env: { ...process.env, ...program.env, ...env } },
    );
    const failed = new Promise<never>((_, reject) =>
      child?.once("error", (error) =>
        reject(new Error(`redis-server cannot be started (${error.message}); install it, or set TEST_REDIS_SERVER`)),
      ),
    );
    await Promise.race([waitFor(`PONG on port ${port}`, () => pings(url), 20_000), failed]);
  };

  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child?.once("exit", resolve));
    child.kill(signal);
    if (signal !== "SIGSTOP" && signal !== "SIGCONT") await ended;
  };

  await start();
  return {
    url,
    port,
    pid: () => child?.pid ?? 0,
    start,
    kill,
    remove: async () => {
      await kill("SIGKILL");
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function pings(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return (await redis.ping()) === "PONG";
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}
