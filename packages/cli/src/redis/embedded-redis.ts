import { totalmem } from "node:os";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect } from "@posthorn/store";

/**
 * Redis gets this share of the memory. While it rewrites its append-only file it forks, and pages that change
 * meanwhile exist twice; so a full Redis may need twice its `maxmemory` for a moment.
 */
const MEMORY_SHARE = 0.4;

/** `maxmemory` on a machine, or in a container, of `memoryBytes`. */
export function redisMemoryBytes(memoryBytes: number): number {
  return Math.floor(memoryBytes * MEMORY_SHARE);
}

/** The memory that this process may use: the machine's, or its container's when that is less. */
export function availableMemoryBytes(): number {
  const limit = process.constrainedMemory() ?? 0;
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

interface EmbeddedRedisSettings {
  readonly dir: string;
  readonly port: number;
  readonly maxMemoryBytes: number;
}

/** Arguments of `redis-server`: every write is on disk before its answer, and nothing is ever evicted. */
export function redisArguments({ dir, port, maxMemoryBytes }: EmbeddedRedisSettings): readonly string[] {
  const settings = {
    bind: "127.0.0.1",
    port: String(port),
    dir,
    daemonize: "no",
    loglevel: "warning",
    appendonly: "yes",
    appendfsync: "always",
    "no-appendfsync-on-rewrite": "no",
    save: "",
    maxmemory: String(maxMemoryBytes),
    "maxmemory-policy": "noeviction",
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

/**
 * Prepares the folder of the embedded Redis and picks its port, the one of last time if it is free. A Redis that an
 * earlier launcher left behind on this folder is stopped first: two on the same files would destroy them.
 */
export async function prepareEmbeddedRedis(dataDir: string): Promise<{ readonly dir: string; readonly port: number }> {
  const dir = resolve(dataDir, "redis");
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, "redis-port");
  const remembered = Number(await readFile(file, "utf8").catch(() => "0")) || 0;
  if (remembered > 0) await stopLeftoverRedis(remembered, dir);
  const port = await freePort(remembered);
  await writeFile(file, `${port}\n`, { mode: 0o600 });
  return { dir, port };
}

export function embeddedRedisUrl(port: number): string {
  return `redis://127.0.0.1:${port}`;
}

/** True once the embedded Redis has loaded its data and answers. */
export async function isRedisUp(port: number): Promise<boolean> {
  return withRedis(port, async (redis) => (await redis.ping()) === "PONG");
}

/** Stops a Redis on `port` that works on `dir`; does nothing about any other. */
export async function stopLeftoverRedis(port: number, dir: string): Promise<void> {
  const isOurs = (): Promise<boolean> =>
    withRedis(port, async (redis) => (await redis.config("GET", "dir"))[1] === dir);
  if (!(await isOurs())) return;
  await withRedis(port, async (redis) => (await redis.shutdown("NOSAVE")) === "OK");
  for (let waitedMs = 0; await isOurs(); waitedMs += 50) {
    if (waitedMs > 10_000)
      throw new Error(`a Redis of an earlier run still uses ${dir} on port ${port}: stop it and start again`);
    await delay(50);
  }
}

async function withRedis(port: number, ask: (redis: ReturnType<typeof connect>) => Promise<boolean>): Promise<boolean> {
  const redis = connect({ address: embeddedRedisUrl(port), name: "posthorn-launcher", onError: () => undefined });
  const patience = new AbortController();
  try {
    const tooLate = delay(2_000, false, { signal: patience.signal }).catch(() => false);
    return await Promise.race([redis.connect().then(() => ask(redis)), tooLate]);
  } catch {
    return false;
  } finally {
    patience.abort();
    redis.disconnect();
  }
}

/** `preferred` if it is free, else any port of loopback that is. */
async function freePort(preferred: number): Promise<number> {
  const server = createServer();
  try {
    const port = await new Promise<number>((resolvePort, reject) => {
      server.once("error", reject);
      server.listen(preferred, "127.0.0.1", () => resolvePort((server.address() as AddressInfo).port));
    });
    await new Promise((closed) => server.close(closed));
    return port;
  } catch (error) {
    if (preferred === 0) throw error;
    return freePort(0);
  }
}
