import { fileURLToPath } from "node:url";
import { freePort } from "../../test/support/free-port.ts";
import { startDnsServer } from "../../test/support/dns-server.ts";
import type { DnsServer } from "../../test/support/dns-server.ts";
import { startRedisServer } from "../../test/support/redis-server.ts";
import { startBenchProcess, startService } from "./processes.ts";
import type { Measured } from "./processes.ts";
import type { Illness, TargetsMessage, Turn } from "./targets.ts";

const API_KEY = "a key for measurements";
const BATCH_EVENTS = 10;
const PRELOAD = fileURLToPath(new URL("use-dns-server.mjs", import.meta.url));

/** Posthorn with small batches, its targets and its DNS, for measurements of who holds up whom. */
export interface Deployment {
  readonly dns: DnsServer;
  readonly ports: Readonly<Record<Illness | "well", number>>;
  /** Makes a webhook that gets the events of its own subaccount. */
  createWebhook(subaccount: number, target: string): Promise<string>;
  /** A management call; fails unless it is answered with 2xx. */
  call(method: string, path: string): Promise<Record<string, unknown>>;
  /** Sends so many batches to each of the subaccounts in one request, told apart by `request`. */
  send(request: number, subaccounts: readonly number[], batches?: number): Promise<void>;
  /** Which targets are sick from now on. */
  turn(sick: readonly Illness[]): Promise<void>;
  /** Called for each batch that a target took, with the number of its request. */
  onArrival(listener: (request: number, atMs: number) => void): void;
  stop(): Promise<void>;
}

export async function deploy(workers: number, env: Record<string, string> = {}): Promise<Deployment> {
  const [redis, dns, port] = [await startRedisServer(), await startDnsServer(), await freePort()];
  const targets = await startBenchProcess("support/targets.ts", []);
  const { ports } = targets.hello as Extract<TargetsMessage, { kind: "ready" }>;
  const shared = {
    REDIS_URL: redis.url,
    POSTHORN_API_KEY: API_KEY,
    POSTHORN_SECRET: "a secret",
    BATCH_MAX_EVENTS: String(BATCH_EVENTS),
    BACKLOG_MAX_BYTES: "8gb",
    API_RATE_LIMIT: "0",
    NODE_OPTIONS: `--import ${PRELOAD}`,
    BENCH_DNS_SERVER: dns.address,
    ...env,
  };
  const url = `http://127.0.0.1:${port}`;
  const api = await startService("services/api/dist/main.js", { ...shared, PORT: String(port) }, `${url}/readyz`);
  const started: Measured[] = [api, targets];
  for (let n = 0; n < workers; n++) {
    const workerPort = String(await freePort());
    const readyUrl = `http://127.0.0.1:${workerPort}/readyz`;
    started.push(await startService("services/worker/dist/main.js", { ...shared, WORKER_PORT: workerPort }, readyUrl));
  }

  const request = async (method: string, path: string, headers: Record<string, string>, body?: string) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: API_KEY, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    return (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
  };

  return {
    dns,
    ports,
    createWebhook: async (subaccount, target) => {
      const definition = JSON.stringify({ name: "bench", target, events: ["delivery"] });
      const { results } = await request("POST", "/webhooks", { "x-msys-subaccount": String(subaccount) }, definition);
      return (results as { id: string }).id;
    },
    call: (method, path) => request(method, path, {}),
    send: async (number, subaccounts, batches = 1) => {
      const texts = subaccounts.flatMap((subaccount) => {
        const text = `{"msys":{"message_event":{"type":"delivery","subaccount_id":${subaccount},"request":${number}}}}`;
        return Array.from({ length: batches * BATCH_EVENTS }, () => text);
      });
      await request("POST", "/events", {}, `[${texts.join(",")}]`);
    },
    turn: async (sick) => {
      const turned = new Promise<void>((resolve) => {
        const hear = (message: TargetsMessage): void => {
          if (message.kind !== "turned") return;
          targets.child.off("message", hear);
          resolve();
        };
        targets.child.on("message", hear);
      });
      targets.child.send({ sick } satisfies Turn);
      await turned;
    },
    onArrival: (listener) => {
      targets.child.on("message", (message: TargetsMessage) => {
        if (message.kind === "arrived") listener(message.request, message.atMs);
      });
    },
    stop: async () => {
      await Promise.all(started.map((one) => one.stop()));
      await dns.close();
      await redis.remove();
    },
  };
}
