import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Cluster } from "ioredis";
import { checkedFetch } from "./checked-fetch.ts";
import { freePort } from "./free-port.ts";
import { mastersOf, openRedis } from "./open-redis.ts";
import { waitFor } from "./wait-for.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** No promise: several stacks may start at once on a busy machine. */
const START_PATIENCE_MS = 40_000;

/** One of the stack's processes, which a test may kill and start again. */
export interface StackProcess {
  readonly url: string;
  readonly pid: () => number;
  /** Of another release where its folder is given. */
  start(root?: string): Promise<void>;
  /** Sends the signal and, when it ends processes, waits for the end. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Resolves when it has ended, to its exit code; `null` = a signal ended it. */
  ended(): Promise<number | null>;
  /** What it has logged so far, one object a line. */
  readonly logs: Record<string, unknown>[];
}

/** Posthorn as it runs in production: real processes of the built services on a real Redis. */
export interface Stack {
  readonly url: string;
  readonly apiKey: string;
  readonly api: StackProcess;
  readonly workers: readonly StackProcess[];
  /** One call of the API with the key; fails when call or answer is not as the OpenAPI document says. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  createWebhook(target: string, changes?: Record<string, unknown>): Promise<string>;
  /** Sends events and fails unless all were accepted. */
  send(events: readonly unknown[], headers?: Record<string, string>): Promise<void>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

interface StackOptions {
  readonly redisUrl: string;
  readonly workers?: number;
  readonly env?: Record<string, string>;
  /** What the workers get besides, or instead. */
  readonly workerEnv?: Record<string, string>;
  /** The folder of a release that is built; this one unless given. */
  readonly root?: string;
}

/** An event of the given type, told apart by `n`. */
export function event(n: number, type = "delivery"): unknown {
  return { msys: { message_event: { type, message_id: `m-${n}`, n: String(n) } } };
}

/** The numbers by which events were told apart. */
export function numbersOf(events: readonly unknown[]): number[] {
  return events.map((sent) => Number((sent as { msys: { message_event: { n: string } } }).msys.message_event.n));
}

/**
 * A database of its own on the shared test Redis, so that tests of all processes keep out of each other's way. A Cluster
 * has no databases: it is emptied, and its tests run one after the other.
 */
export async function freshDatabase(): Promise<string> {
  const url = process.env["TEST_REDIS_URL"] ?? "";
  const redis = await openRedis(url);
  try {
    if (!(redis instanceof Cluster)) return `${url}/${await redis.incr("databases taken by tests")}`;
    await Promise.all(mastersOf(redis).map((master) => master.flushall()));
    return url;
  } finally {
    redis.disconnect();
  }
}

export async function startStack(options: StackOptions): Promise<Stack> {
  const { redisUrl, workers = 1, env = {}, workerEnv = {}, root = ROOT } = options;
  const [port, ...workerPorts] = await Promise.all(Array.from({ length: workers + 1 }, freePort));
  const apiKey = env["POSTHORN_API_KEY"] ?? `test-key-${randomUUID()}`;
  const shared = {
    REDIS_URL: redisUrl,
    POSTHORN_API_KEY: apiKey,
    POSTHORN_SECRET: "a secret for tests",
    TARGET_ALLOW: "127.0.0.0/8,::1",
    ...env,
  };
  const url = `http://127.0.0.1:${port}`;
  const api = createProcess("services/api/dist/main.js", { ...shared, PORT: String(port) }, url);
  const workerProcesses = workerPorts.map((workerPort) =>
    createProcess(
      "services/worker/dist/main.js",
      { ...shared, ...workerEnv, WORKER_PORT: String(workerPort) },
      `http://127.0.0.1:${workerPort}`,
    ),
  );
  const stop = async (): Promise<void> => {
    await Promise.all([api, ...workerProcesses].map((process_) => process_.kill("SIGKILL")));
  };
  try {
    await Promise.all([api, ...workerProcesses].map((process_) => process_.start(root)));
  } catch (error) {
    await stop();
    throw error;
  }

  const call: Stack["call"] = async (method, path, body, headers = {}) => {
    const {
      status,
      headers: answered,
      text,
    } = await checkedFetch(url, path, {
      method,
      headers: { authorization: apiKey, "content-type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status, headers: answered, body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) };
  };

  return {
    url,
    apiKey,
    api,
    workers: workerProcesses,
    call,
    createWebhook: async (target, changes = {}) => {
      const definition = { name: "test", target, events: ["injection", "delivery", "bounce"], ...changes };
      const { status, body } = await call("POST", "/api/v1/webhooks", definition);
      if (status !== 200) throw new Error(`the webhook was not created: ${status} ${JSON.stringify(body)}`);
      return (body["results"] as { id: string }).id;
    },
    send: async (events, headers) => {
      const { status, body } = await call("POST", "/api/v1/events", events, headers);
      if (status !== 200) throw new Error(`the events were not accepted: ${status} ${JSON.stringify(body)}`);
    },
    stop,
  };
}

function createProcess(entry: string, env: Record<string, string>, url: string): StackProcess {
  const logs: Record<string, unknown>[] = [];
  let child: ChildProcess | undefined;
  let output = "";

  const isEnded = (): boolean => child === undefined || child.exitCode !== null || child.signalCode !== null;

  return {
    url,
    logs,
    pid: () => child?.pid ?? 0,
    ended: async () => {
      if (!isEnded()) await new Promise((resolve) => child?.once("exit", resolve));
      return child?.exitCode ?? null;
    },
    start: async (root = ROOT) => {
      child = spawn(process.execPath, [join(root, entry)], {
        env: { PATH: process.env["PATH"] ?? "", ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const read = (part: Buffer): void => {
        output += part.toString();
        const lines = output.split("\n");
        output = lines.pop() ?? "";
        for (const line of lines) {
          logs.push(line.startsWith("{") ? (JSON.parse(line) as Record<string, unknown>) : { text: line });
        }
      };
      child.stdout?.on("data", read);
      child.stderr?.on("data", read);
      await waitFor(
        `${entry} being ready`,
        async () => {
          if (isEnded()) throw new Error(`${entry} ended: ${JSON.stringify(logs.slice(-5))} ${output}`);
          return fetch(`${url}/readyz`).then(
            (response) => response.status === 200,
            () => false,
          );
        },
        START_PATIENCE_MS,
      );
    },
    kill: async (signal) => {
      if (isEnded()) return;
      const ended = new Promise((resolve) => child?.once("exit", resolve));
      child?.kill(signal);
      if (signal === "SIGKILL" || signal === "SIGTERM") await ended;
    },
  };
}
