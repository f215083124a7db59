import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** What a supervisor waits before it starts again what has ended by itself. */
const RESTART_DELAY_MS = 500;
/** What a process may take beyond its `SHUTDOWN_TIMEOUT`. */
const STOP_MARGIN_MS = 5_000;

/** One process of Posthorn under a supervisor: what ends without being told to is started again, and noted. */
export interface Service {
  readonly name: string;
  readonly url: string;
  pid(): number;
  start(): void;
  /** Resolves at the end of the process, which is not started again. */
  kill(): Promise<void>;
  /** SIGTERM; resolves to what is wrong with its end, in words, or to `undefined`. */
  terminate(options: {
    /** While Redis is in trouble, patience may end before all is done: with the exit code 1. */
    readonly mayRelease: boolean;
  }): Promise<string | undefined>;
  freeze(): void;
  thaw(): void;
  isReady(): Promise<boolean>;
}

export interface OwnEnd {
  readonly service: string;
  readonly atMs: number;
  readonly code: number | null;
  readonly signal: string | null;
  /** Whether it had been ready since its start. */
  readonly wasReady: boolean;
}

interface ServiceOptions {
  readonly name: string;
  /** From the root of the repository. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  readonly logFile: string;
  readonly shutdownTimeoutMs: number;
  readonly now: () => number;
  readonly onOwnEnd: (end: OwnEnd) => void;
}

export function createService(options: ServiceOptions): Service {
  const { name, entry, env, url, logFile, now, onOwnEnd } = options;
  let child: ChildProcess | undefined;
  let isWanted = false;
  let wasReady = false;

  const isReady = async (): Promise<boolean> => {
    const asked = child;
    const answers = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.status === 200,
      () => false,
    );
    if (answers && asked === child) wasReady = true;
    return answers;
  };

  const start = (): void => {
    isWanted = true;
    wasReady = false;
    const log = openSync(logFile, "a");
    // With a channel, so that it ends when this process does.
    const started = spawn(process.execPath, [`${ROOT}/${entry}`], {
      env: { PATH: process.env["PATH"] ?? "", ...env },
      stdio: ["ignore", log, log, "ipc"],
    });
    closeSync(log);
    child = started;
    started.once("exit", (code, signal) => {
      if (!isWanted || child !== started) return;
      onOwnEnd({ service: name, atMs: now(), code, signal, wasReady });
      setTimeout(() => {
        if (isWanted && child === started) start();
      }, RESTART_DELAY_MS);
    });
    void noteReadiness(started);
  };

  const noteReadiness = async (started: ChildProcess): Promise<void> => {
    while (child === started && !hasEnded(started) && !(await isReady())) await delay(500, undefined, { ref: false });
  };

  const ended = (one: ChildProcess): Promise<void> =>
    hasEnded(one) ? Promise.resolve() : new Promise((resolve) => one.once("exit", () => resolve()));

  const kill = async (): Promise<void> => {
    isWanted = false;
    if (child === undefined) return;
    const end = ended(child);
    child.kill("SIGKILL");
    await end;
  };

  return {
    name,
    url,
    pid: () => child?.pid ?? 0,
    start,
    kill,
    terminate: async ({ mayRelease }) => {
      isWanted = false;
      const stopping = child;
      // It may be about to be started again after an end of its own.
      if (stopping === undefined || hasEnded(stopping)) return undefined;
      const hadStarted = wasReady;
      const end = ended(stopping);
      stopping.kill("SIGTERM");
      const patienceMs = options.shutdownTimeoutMs + STOP_MARGIN_MS;
      const isInTime = await Promise.race([end.then(() => true), delay(patienceMs, false, { ref: false })]);
      if (!isInTime) {
        await kill();
        return `SIGTERM did not end ${name} within ${patienceMs} ms`;
      }
      // Whoever is still loading its modules does not listen to signals yet.
      if (!hadStarted || stopping.exitCode === 0 || (mayRelease && stopping.exitCode === 1)) return undefined;
      return `SIGTERM ended ${name} with ${stopping.exitCode ?? stopping.signalCode}`;
    },
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    isReady,
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
