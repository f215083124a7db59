import { freePort } from "../../test/support/free-port.ts";
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
  readonly env?: Readonly<Record<string, string>>;
}

export async function startPosthorn({ apis = 1, workers = 1, env = {} }: PosthornOptions = {}): Promise<Posthorn> {
  const redis = await startRedisServer(fsyncSettings());
  const shared = {
    REDIS_URL: redis.url,
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
    redis,
    ...started,
    cpuSeconds: () => ({
      api: sumCpu(started.apis),
      redis: cpuSecondsOf(redis.pid()),
      worker: sumCpu(started.workers),
    }),
    call,
    createWebhook: async (target, { subaccount, ...own } = {}) => {
      const { results } = await call("POST", "/webhooks", { name: "bench", target, events: TYPES, ...own }, subaccount);
      return (results as { id: string }).id;
    },
    stop: async () => {
      await Promise.all([...started.apis, ...started.workers].map((one) => one.stop()));
      await redis.remove();
    },
  };
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
