import type { ChildProcess } from "node:child_process";
import { deathsInRow, restartDelayMs } from "./back-off.ts";

export interface Supervised {
  readonly name: string;
  /** Rejects when the process ends before `settled` was called: it cannot run as configured. */
  readonly died: Promise<never>;
  /** From now on a process that ends is started again. */
  settled(): void;
  /** SIGTERM, and `lastSignal` when it has not ended after `patienceMs`; resolves when it has. */
  stop(patienceMs: number): Promise<void>;
  kill(): void;
}

interface SuperviseOptions {
  readonly name: string;
  readonly spawn: () => ChildProcess;
  /** What is sent when patience is over. */
  readonly lastSignal: NodeJS.Signals;
  readonly say: (text: string) => void;
}

/** Starts a process and, once it has settled, starts it again whenever it ends. */
export function supervise({ name, spawn, lastSignal, say }: SuperviseOptions): Supervised {
  let child: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  let ended = Promise.resolve();
  let state: "starting" | "settled" | "stopping" = "starting";
  let deaths = 0;
  let giveUp: ((error: Error) => void) | undefined;
  const died = new Promise<never>((_, reject) => (giveUp = reject));
  died.catch(() => undefined);

  const start = (): void => {
    const startedMs = performance.now();
    const current = spawn();
    child = current;
    ended = new Promise((resolve) => {
      const onEnd = (how: string): void => {
        if (child !== current) return;
        child = undefined;
        resolve();
        switch (state) {
          case "starting":
            giveUp?.(new Error(`${name} ended (${how}) before it was ready; the reason is above`));
            return;
          case "settled": {
            deaths = deathsInRow(deaths, performance.now() - startedMs);
            const delayMs = restartDelayMs(deaths);
            say(`${name} ended (${how}); starting it again in ${delayMs} ms`);
            restart = setTimeout(start, delayMs);
            return;
          }
          case "stopping":
        }
      };
      current.once("error", (error) => onEnd(error.message));
      current.once("exit", (code, signal) => onEnd(signal ?? `exit code ${code}`));
    });
  };

  start();
  return {
    name,
    died,
    settled: () => {
      if (state === "starting") state = "settled";
    },
    stop: async (patienceMs) => {
      state = "stopping";
      clearTimeout(restart);
      child?.kill("SIGTERM");
      const patience = setTimeout(() => {
        say(`${name} did not stop within ${patienceMs} ms; killing it`);
        child?.kill(lastSignal);
      }, patienceMs);
      await ended;
      clearTimeout(patience);
    },
    kill: () => {
      state = "stopping";
      clearTimeout(restart);
      child?.kill(lastSignal);
    },
  };
}
