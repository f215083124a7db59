import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { redisProgram } from "../redis-program.ts";
import { startRedisServer } from "../redis-server.ts";
import type { RedisServer } from "../redis-server.ts";
import { waitFor } from "../wait-for.ts";
import { ask, told } from "./ask.ts";

/** A master, its replicas, and Sentinels that watch them. */
export interface SentinelSet {
  /** `REDIS_URL`, without a database. */
  readonly url: string;
  readonly servers: readonly RedisServer[];
  /** Of the Sentinels. */
  readonly ports: readonly number[];
  /** Whom the Sentinels take for the master now. */
  master(): Promise<RedisServer>;
  /** Has a replica take over while the master is well. */
  failOver(): Promise<void>;
  /** Waits until another one than `before` is the master and takes writes. */
  awaitFailover(before: RedisServer): Promise<RedisServer>;
  /** Waits until so many replicas follow the master. */
  awaitReplicas(count: number): Promise<void>;
  remove(): Promise<void>;
}

const NAME = "posthorn";
const REPLICAS = 2;
const SENTINELS = 3;
const FAILOVER_PATIENCE_MS = 60_000;

/** Forms a set on loopback; a master that is silent for a second is replaced. */
export async function startSentinelSet(): Promise<SentinelSet> {
  const first = await startRedisServer();
  const replicas = await Promise.all(
    Array.from({ length: REPLICAS }, () => startRedisServer(["--replicaof", "127.0.0.1", String(first.port)])),
  );
  const servers = [first, ...replicas];
  const sentinels = await Promise.all(Array.from({ length: SENTINELS }, () => startSentinel(first.port)));
  const ports = sentinels.map(({ port }) => port);

  const master = async (): Promise<RedisServer> => {
    const answers = await Promise.allSettled(
      ports.map((port) => ask(port, "SENTINEL", "get-master-addr-by-name", NAME)),
    );
    const named = answers.flatMap((answer) =>
      answer.status === "fulfilled" ? [Number((answer.value as string[])[1])] : [],
    );
    const found = servers.find(({ port }) => named.every((one) => one === port));
    if (found === undefined) throw new Error(`the Sentinels disagree: ${named.join(", ")}`);
    return found;
  };

  const isMaster = async ({ port }: RedisServer): Promise<boolean> =>
    (await told(port, ["INFO", "replication"], "role")) === "master";

  const set: SentinelSet = {
    url: `redis+sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(",")}/${NAME}`,
    servers,
    ports,
    master,
    failOver: async () => {
      await waitFor("a Sentinel that is ready for a failover", () =>
        ask(ports[0] ?? 0, "SENTINEL", "FAILOVER", NAME).then(
          () => true,
          () => false,
        ),
      );
    },
    awaitFailover: (before) =>
      waitFor(
        "another master",
        async () => {
          const now = await master().catch(() => undefined);
          return now !== undefined && now !== before && (await isMaster(now)) && now;
        },
        FAILOVER_PATIENCE_MS,
      ),
    awaitReplicas: async (count) => {
      await waitFor(
        `${count} replicas`,
        async () => {
          const now = await master().catch(() => undefined);
          if (now === undefined) return false;
          const text = String(await ask(now.port, "INFO", "replication").catch(() => ""));
          return (text.match(/state=online/g) ?? []).length >= count;
        },
        FAILOVER_PATIENCE_MS,
      );
    },
    remove: async () => {
      await Promise.all(sentinels.map((sentinel) => sentinel.remove()));
      await Promise.all(servers.map((server) => server.remove()));
    },
  };
  try {
    await set.awaitReplicas(REPLICAS);
    await waitFor(
      "the Sentinels knowing each other and the replicas",
      async () => {
        const known = await Promise.all(ports.map((port) => ask(port, "SENTINEL", "master", NAME)));
        return known.every((flat) => {
          const of = (name: string): number => Number((flat as string[])[(flat as string[]).indexOf(name) + 1]);
          return of("num-other-sentinels") === SENTINELS - 1 && of("num-slaves") === REPLICAS;
        });
      },
      30_000,
    );
    return set;
  } catch (error) {
    await set.remove();
    throw error;
  }
}

export interface Sentinel {
  readonly port: number;
  remove(): Promise<void>;
}

/** Starts one that watches a master, with others that watch it; `quorum` of them have to agree. */
export async function startSentinel(
  masterPort: number,
  { quorum = 2, settings: own = [] }: { readonly quorum?: number; readonly settings?: readonly string[] } = {},
): Promise<Sentinel> {
  const program = await redisProgram();
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), "posthorn-sentinel-"));
  const file = join(dir, "sentinel.conf");
  const settings = [
    `port ${port}`,
    "bind 127.0.0.1",
    `dir ${dir}`,
    ...own,
    `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} ${quorum}`,
    `sentinel down-after-milliseconds ${NAME} 1000`,
    `sentinel failover-timeout ${NAME} 5000`,
  ];
  await writeFile(file, `${settings.join("\n")}\n`);
  const child: ChildProcess = spawn(program.command, [file, "--sentinel"], {
    stdio: "ignore",
    env: { ...process.env, ...program.env },
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.once("error", () => undefined);
  await waitFor(`a Sentinel on port ${port}`, async () => (await ask(port, "PING").catch(() => "")) === "PONG", 20_000);
  // One that finds its own machine too slow would else do nothing for half a minute.
  await ask(port, "SENTINEL", "DEBUG", "tilt-trigger", 20_000, "tilt-period", 1_000).catch(() => undefined);
  return {
    port,
    remove: async () => {
      child.kill("SIGKILL");
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
