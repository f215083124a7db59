import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sizeText } from "@posthorn/core";
import { checkGivenRedis } from "../redis/check-given-redis.ts";
import {
  availableMemoryBytes,
  embeddedRedisUrl,
  isRedisUp,
  prepareEmbeddedRedis,
  redisArguments,
  redisMemoryBytes,
} from "../redis/embedded-redis.ts";
import { findRedis } from "../redis/find-redis.ts";
import { KEEP_REDIS } from "../redis/keep-redis.ts";
import { lockDataDir } from "./instance-lock.ts";
import { forgetUrl, noteUrl } from "./noted-url.ts";
import { claimPort } from "./ports.ts";
import { waitUntilReady } from "./ready.ts";
import { API_KEY_FILE, generatedText, prepareDataDir, SECRET_FILE } from "./secrets.ts";
import { createServiceOutput } from "./service-output.ts";
import { allowLoopback, isGiven, isLoopback, localUrl, readSettings } from "./settings.ts";
import type { Env } from "./settings.ts";
import { supervise } from "./supervise.ts";
import type { Supervised } from "./supervise.ts";
import { welcome } from "./welcome.ts";
import type { Welcome } from "./welcome.ts";

export interface LaunchOptions {
  readonly env: Env;
  /** The compiled main files of the two services. */
  readonly entries: { readonly api: string; readonly worker: string };
  readonly isTerminal: boolean;
  readonly say: (text: string) => void;
  /** Aborted when the start is to be given up. */
  readonly signal: AbortSignal;
}

export interface Launched {
  /** Stops API, worker and Redis, in this order. */
  stop(): Promise<void>;
  /** Ends everything at once. */
  kill(): void;
}

const READY_WITHIN_MS = 60_000;
/** Redis loads its whole append-only file before it answers. */
const REDIS_LOADS_WITHIN_MS = 10 * 60_000;
const REDIS_STOP_MS = 10_000;
/** The children of a launcher that was killed end within 5 s. */
const LEFTOVERS_END_WITHIN_MS = 6_000;

/** Starts Redis, API and worker, and keeps them running; resolves when both answer. Throws with the reason otherwise. */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const { env, entries, isTerminal, say, signal } = options;
  const settings = readSettings(env);
  const { dataDir, host, workerPort } = settings;
  await prepareDataDir(dataDir);
  const lock = await lockDataDir(dataDir);
  if (lock.kind === "refused") {
    throw new Error(
      `process ${lock.pid} runs Posthorn on ${dataDir} already: stop it (kill ${lock.pid}), or use another folder, e.g. DATA_DIR=.posthorn2 PORT=8090 WORKER_PORT=8091 npm start`,
    );
  }
  // A launcher that was killed has left it; now that the folder is held again, commands would send their key there.
  await forgetUrl(dataDir);

  const running: { readonly part: Supervised; readonly stopMs: number }[] = [];
  const stop = async (): Promise<void> => {
    for (const { part, stopMs } of running.toReversed()) await part.stop(stopMs);
    await forgetUrl(dataDir);
    await lock.release();
  };
  const connectOutput = createServiceOutput(isTerminal);
  const start = (name: string, args: readonly string[], childEnv: Env, stopMs: number): Supervised => {
    const part = supervise({
      name,
      say,
      // Redis' keeper turns a second SIGTERM into a SIGKILL for Redis; killed itself, it would leave Redis behind.
      lastSignal: args[0] === KEEP_REDIS ? "SIGTERM" : "SIGKILL",
      spawn: () => {
        // A process group of its own: Ctrl-C in the terminal reaches the launcher alone, which then stops in order.
        const child: ChildProcess = spawn(process.execPath, args, {
          env: childEnv,
          detached: true,
          stdio: ["ignore", "pipe", "pipe", "ipc"],
        });
        connectOutput(child);
        return child;
      },
    });
    running.push({ part, stopMs });
    return part;
  };

  try {
    const patienceMs = lock.takenOver ? LEFTOVERS_END_WITHIN_MS : 0;
    const port = await claimPort({ variable: "PORT", port: settings.port, host, patienceMs });
    if (workerPort !== 0) await claimPort({ variable: "WORKER_PORT", port: workerPort, host, patienceMs });

    const redisUrl = await provideRedis(options, dataDir, start);
    const apiKey = isGiven(env, "POSTHORN_API_KEY") ? undefined : await generatedText(dataDir, API_KEY_FILE, "ph_");
    const secret = isGiven(env, "POSTHORN_SECRET") ? undefined : await generatedText(dataDir, SECRET_FILE);
    const childEnv: Env = {
      ...env,
      REDIS_URL: redisUrl,
      PORT: String(port),
      DATA_DIR: dataDir,
      ...(apiKey === undefined ? {} : { POSTHORN_API_KEY: apiKey }),
      ...(secret === undefined ? {} : { POSTHORN_SECRET: secret }),
      ...(isLoopback(host) ? { TARGET_ALLOW: allowLoopback(env["TARGET_ALLOW"]) } : {}),
    };
    // Stopped in reverse: the API first, so that nothing new comes in.
    const worker = start("worker", [entries.worker], childEnv, settings.workerStopMs);
    const api = start("API", [entries.api], childEnv, settings.apiStopMs);
    const ready = async (part: Supervised, url: string): Promise<void> => {
      const answer = waitUntilReady({ name: part.name, url: `${url}/readyz`, deadlineMs: READY_WITHIN_MS, signal });
      answer.catch(() => undefined);
      await Promise.race([answer, part.died]);
    };
    await Promise.all([
      ready(api, localUrl(host, port)),
      workerPort === 0 ? undefined : ready(worker, localUrl(host, workerPort)),
    ]);
    for (const { part } of running) part.settled();
    await noteUrl(dataDir, localUrl(host, port));
    const file = join(dataDir, API_KEY_FILE);
    say(welcome({ host, port, apiKey: showKey(apiKey, file, isTerminal), loopbackTargets: isLoopback(host) }));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    stop,
    kill: () => {
      for (const { part } of running) part.kill();
    },
  };
}

function showKey(key: string | undefined, file: string, isTerminal: boolean): Welcome["apiKey"] {
  if (key === undefined) return { kind: "given" };
  return isTerminal ? { kind: "shown", key } : { kind: "file", file };
}

type Start = (name: string, args: readonly string[], env: Env, stopMs: number) => Supervised;

/** The address of a Redis that answers: the one given, after a look at it, or one that is started here. */
async function provideRedis({ env, say, signal }: LaunchOptions, dataDir: string, start: Start): Promise<string> {
  const found = await findRedis({ env, dataDir, say });
  if (found.kind === "given") {
    await checkGivenRedis(found.url, say);
    return found.url;
  }
  const { program } = found;
  const { dir, port } = await prepareEmbeddedRedis(dataDir);
  const maxMemoryBytes = redisMemoryBytes(availableMemoryBytes());
  const args = redisArguments({ dir, port, maxMemoryBytes });
  const childEnv = { ...env, ...program.env };
  const redis = start("Redis", [KEEP_REDIS, String(port), dir, program.command, ...args], childEnv, REDIS_STOP_MS);
  const deadline = performance.now() + REDIS_LOADS_WITHIN_MS;
  while (!(await Promise.race([isRedisUp(port), redis.died]))) {
    signal.throwIfAborted();
    if (performance.now() > deadline)
      throw new Error(`Redis has not loaded ${dir} within 10 minutes: look at its log above`);
    await delay(50);
  }
  redis.settled();
  say(
    `Redis ${program.version} on 127.0.0.1:${port}, data in ${dir}, at most ${sizeText(maxMemoryBytes)} (40 % of this machine's memory); every acknowledged event is on disk`,
  );
  return embeddedRedisUrl(port);
}
