import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../support/free-port.ts";
import { startRedisServer } from "../support/redis-server.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const STDERR_CHARS = 4_000;
const READY_WITHIN_MS = 20_000;

/** The built API as a process of its own on a Redis of its own. */
export interface ApiProcess {
  readonly url: string;
  readonly port: number;
  readonly apiKey: string;
  /** How it ended; `undefined` while it lives. */
  ended(): string | undefined;
  /** Ends it and its Redis. */
  remove(): Promise<void>;
}

export async function startApiProcess(): Promise<ApiProcess> {
  const [redis, port] = await Promise.all([startRedisServer(), freePort()]);
  const apiKey = "a key for the fuzz suite";
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [`${ROOT}/services/api/dist/main.js`], {
    env: {
      PATH: process.env["PATH"] ?? "",
      PORT: String(port),
      REDIS_URL: redis.url,
      POSTHORN_API_KEY: apiKey,
      POSTHORN_SECRET: "a secret for the fuzz suite",
      TARGET_ALLOW: "127.0.0.0/8,::1",
      DELIVERY_TIMEOUT: "1s",
      API_RATE_LIMIT: "0",
      // Small, so that what is too large is cheap to send; and no worker makes room.
      EVENTS_MAX_BODY: "1mb",
      BACKLOG_MAX_BYTES: "2gb",
      LOG_LEVEL: "fatal",
    },
    // With a channel, so that it ends when this process does.
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let stderr = "";
  child.stderr?.on("data", (part: Buffer) => {
    stderr = `${stderr}${part.toString()}`.slice(-STDERR_CHARS);
  });

  const ended = (): string | undefined => {
    const { exitCode, signalCode } = child;
    if (exitCode === null && signalCode === null) return undefined;
    return `it ended with ${signalCode ?? `exit code ${exitCode}`}, saying: ${stderr}`;
  };
  const remove = async (): Promise<void> => {
    if (ended() === undefined) {
      const end = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await end;
    }
    await redis.remove();
  };

  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const isReady = await fetch(`${url}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isReady) return { url, port, apiKey, ended, remove };
    if (ended() !== undefined || performance.now() > deadline) {
      await remove();
      throw new Error(`the API did not become ready: ${ended() ?? stderr}`);
    }
    await delay(50);
  }
}
