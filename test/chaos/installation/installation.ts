import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { startRedisProxy } from "../../support/redis-proxy.ts";
import type { RedisProxy } from "../../support/redis-proxy.ts";
import { startRedisServer } from "../../support/redis-server.ts";
import type { RedisServer } from "../../support/redis-server.ts";
import type { ServiceName } from "../plan/fault.ts";
import { createService } from "./service.ts";
import type { OwnEnd, Service } from "./service.ts";

const API_KEY = "a key for the chaos suite";
export const SHUTDOWN_TIMEOUT_MS = 9_000;

/** A process of Posthorn and its own way to Redis. */
export interface Member {
  readonly name: ServiceName;
  readonly service: Service;
  readonly proxy: RedisProxy;
}

/** Posthorn as it runs in production, with a proxy between each process and Redis. */
export interface Installation {
  readonly redis: RedisServer;
  readonly apis: readonly Member[];
  readonly workers: readonly Member[];
  readonly members: readonly Member[];
  readonly apiKey: string;
  /** Ends everything for good; may be called at any time and more than once. */
  remove(): Promise<void>;
}

interface InstallationOptions {
  readonly apis: number;
  readonly workers: number;
  readonly retryExpiryMs: number;
  readonly logDir: string;
  readonly now: () => number;
  readonly onOwnEnd: (end: OwnEnd) => void;
}

export async function install(options: InstallationOptions): Promise<Installation> {
  const redis = await startRedisServer();
  const members: Member[] = [];
  const remove = async (): Promise<void> => {
    process.off("exit", killAll);
    await Promise.all(members.map(({ service }) => service.kill()));
    await Promise.all(members.map(({ proxy }) => proxy.close()));
    await redis.remove();
  };
  /** For when this process ends without a chance to wait. */
  const killAll = (): void => {
    for (const pid of [redis.pid(), ...members.map(({ service }) => service.pid())]) {
      try {
        if (pid > 0) process.kill(pid, "SIGKILL");
      } catch {
        // It has ended.
      }
    }
  };
  process.on("exit", killAll);
  try {
    for (let index = 0; index < options.apis; index++) {
      members.push(await addMember(options, redis, `api-${index}`, "services/api/dist/main.js", "PORT"));
    }
    for (let index = 0; index < options.workers; index++) {
      members.push(await addMember(options, redis, `worker-${index}`, "services/worker/dist/main.js", "WORKER_PORT"));
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    redis,
    members,
    apis: members.filter(({ name }) => name.startsWith("api-")),
    workers: members.filter(({ name }) => name.startsWith("worker-")),
    apiKey: API_KEY,
    remove,
  };
}

async function addMember(
  { retryExpiryMs, logDir, now, onOwnEnd }: InstallationOptions,
  redis: RedisServer,
  name: ServiceName,
  entry: string,
  portVariable: string,
): Promise<Member> {
  const proxy = await startRedisProxy(redis.url);
  const port = await freePort();
  const service = createService({
    name,
    entry,
    url: `http://127.0.0.1:${port}`,
    logFile: join(logDir, `${name}.log`),
    shutdownTimeoutMs: SHUTDOWN_TIMEOUT_MS,
    now,
    onOwnEnd,
    env: {
      REDIS_URL: proxy.url,
      POSTHORN_API_KEY: API_KEY,
      POSTHORN_SECRET: "a secret for the chaos suite",
      TARGET_ALLOW: "127.0.0.0/8",
      API_RATE_LIMIT: "0",
      PARTITIONS: "3",
      BATCH_MAX_WAIT: "1s",
      BATCH_MAX_EVENTS: "400",
      BATCH_MAX_BYTES: "1mb",
      DELIVERY_TIMEOUT: "3s",
      SHUTDOWN_TIMEOUT: `${SHUTDOWN_TIMEOUT_MS}ms`,
      RETRY_SCHEDULE: "500ms,1s,2s,3s",
      RETRY_EXPIRY: `${retryExpiryMs}ms`,
      PROBE_INTERVAL_MAX: "2s",
      WORKER_CONCURRENCY: "40",
      [portVariable]: String(port),
    },
  });
  return { name, service, proxy };
}
