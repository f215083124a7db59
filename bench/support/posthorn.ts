import { freePort } from "../../test/support/free-port.ts";
import { startRedisCluster } from "../../test/support/engines/redis-cluster.ts";
import { startRedisServer } from "../../test/support/redis-server.ts";
import type { RedisServer } from "../../test/support/redis-server.ts";
import { fsyncSettings } from "./durability.ts";
import { cpuSecondsOf, startService } from "./processes.ts";
import type { Measured, Service } from "./processes.ts";
import type { System } from "./system.ts";

export const API_KEY = "a key for measurements";

/** Posthorn with its own Redis, as it is installed: built services, `appendfsync always` unless told otherwise. */
export interface Posthorn extends System {
  readonly redis: RedisServer;
  /** The masters of its Cluster, or its one Redis. */
  readonly shards: readonly RedisServer[];
  readonly apis: readonly Service[];
  readonly workers: readonly Service[];
  /** A webhook that gets every type of event, or what `definition` says. */
  createWebhook(target: string, definition?: WebhookDefinition): Promise<string>;
  /** A management call; fails unless it is answered with 2xx. */
  call(method: string, path: string, body?: unknown, subaccount?: number): Promise<Record<string, unknown>>;
}

interface WebhookDefinition {
  readonly subaccount?: number;
  readonly concurrency?: number;
  readonly events?: readonly string[];
}

interface PosthornOptions {
  readonly apis?: number;
  readonly workers?: number;
  /** So many masters in a Cluster, instead of one Redis. */
  readonly masters?: number | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startPosthorn(options: PosthornOptions = {}): Promise<Posthorn> {
  const { apis = 1, workers = 1, masters, env = {} } = options;
  const store = await startStore(masters);
  const shared = {
    REDIS_URL: store.url,
    POSTHORN_API_KEY: API_KEY,
    POSTHORN_SECRET: "a secret",
    // So that full batches have ten thousand events, whatever those are like.
    BATCH_MAX_BYTES: "64mb",
    BACKLOG_MAX_BYTES: "8gb",
    API_RATE_LIMIT: "0",
    ...env,
  };
  const started: { apis: Service[]; workers: Service[] } = { apis: [], workers: [] };
  for (let n = 0; n < apis; n++) started.apis.push(await start("api", "PORT", shared));
  for (let n = 0; n < workers; n++) started.workers.push(await start("worker", "WORKER_PORT", shared));
  const urls = started.apis.map(({ url }) => url);

  const call: Posthorn["call"] = async (method, path, body, subaccount) => {
    const response = await fetch(`${urls[0]}/api/v1${path}`, {
      method,
      headers: {
        authorization: API_KEY,
        ...(subaccount === undefined ? {} : { "x-msys-subaccount": String(subaccount) }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    return (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
  };

  return {
    urls,
    redis: store.first,
    shards: store.shards,
    ...started,
    cpuSeconds: () => ({
      api: sumCpu(started.apis),
      redis: store.shards.reduce((sum, redis) => sum + cpuSecondsOf(redis.pid()), 0),
      worker: sumCpu(started.workers),
    }),
    call,
    createWebhook: async (target, { subaccount, ...own } = {}) => {
      const { results } = await call("POST", "/webhooks", { name: "bench", target, events: TYPES, ...own }, subaccount);
      return (results as { id: string }).id;
    },
    stop: async () => {
      await Promise.all([...started.apis, ...started.workers].map((one) => one.stop()));
      await store.remove();
    },
  };
}

interface BenchStore {
  readonly url: string;
  readonly first: RedisServer;
  readonly shards: readonly RedisServer[];
  remove(): Promise<void>;
}

async function startStore(masters: number | undefined): Promise<BenchStore> {
  if (masters === undefined) {
    const redis = await startRedisServer(fsyncSettings());
    return { url: redis.url, first: redis, shards: [redis], remove: () => redis.remove() };
  }
  const cluster = await startRedisCluster({ masters, replicasEach: 0, settings: fsyncSettings() });
  const [first] = cluster.nodes;
  if (first === undefined) throw new Error("a Cluster has at least one master");
  return { url: cluster.url, first, shards: cluster.nodes, remove: () => cluster.remove() };
}

async function start(service: string, portName: string, env: Record<string, string>): Promise<Service> {
  const port = String(await freePort());
  return startService(`services/${service}/dist/main.js`, { ...env, [portName]: port }, `http://127.0.0.1:${port}`);
}

function sumCpu(processes: readonly Measured[]): number {
  return processes.reduce((sum, one) => sum + one.cpuSeconds(), 0);
}

/** Every type that the events of a load have. */
const TYPES =
  "injection delivery delay bounce out_of_band spam_complaint open initial_open click list_unsubscribe link_unsubscribe".split(
    " ",
  );
