import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const END_WITH_PARENT = ["--import", new URL("end-with-parent.mjs", import.meta.url).href];

/** A process of a measurement. */
export interface Measured {
  readonly child: ChildProcess;
  /** CPU time used so far, in seconds; 0 where the system does not tell (outside Linux). */
  cpuSeconds(): number;
  /** Memory that it has now; 0 where the system does not tell. */
  residentBytes(): number;
  stop(): Promise<void>;
}

/** Starts a TypeScript file of `bench/` and waits until it says that it is ready; `hello` is what it said. */
export async function startBenchProcess(
  file: string,
  args: readonly string[],
): Promise<Measured & { readonly hello: unknown }> {
  const child = fork(join(ROOT, "bench", file), args, {
    execArgv: ["--conditions=posthorn-source", "--import", "tsx", ...END_WITH_PARENT],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const hello = await new Promise<unknown>((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) => reject(new Error(`bench/${file} ended with ${code}`)));
  });
  return { ...measured(child), hello };
}

/** A service, and where it tells of itself. */
export interface Service extends Measured {
  readonly url: string;
}

/** Starts a built service, which is to listen at `url`, and waits until it is ready. */
export async function startService(entry: string, env: Record<string, string>, url: string): Promise<Service> {
  const child = fork(join(ROOT, entry), [], {
    // Not those of this process: they would have it load the sources, and transform them.
    execArgv: END_WITH_PARENT,
    env: { PATH: process.env["PATH"] ?? "", LOG_LEVEL: "error", TARGET_ALLOW: "127.0.0.0/8,::1", ...env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${entry} ended with ${child.exitCode}`);
    const isReady = await fetch(`${url}/readyz`).then(
      (response) => response.status === 200,
      () => false,
    );
    if (isReady) return { ...measured(child), url };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** CPU time of a process in seconds, from `/proc` in ticks of 10 ms. */
export function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

function residentBytesOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

function measured(child: ChildProcess): Measured {
  return {
    child,
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    residentBytes: () => residentBytesOf(child.pid ?? 0),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    },
  };
}
