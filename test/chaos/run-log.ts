import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The clock of a run, and a folder with what happened in it. */
export interface RunLog {
  readonly dir: string;
  /** Milliseconds since the faults may begin. */
  readonly now: () => number;
  startClock(): void;
  tell(line: string): void;
  close(options: { readonly isKept: boolean }): Promise<void>;
}

export async function openRunLog(say: (line: string) => void): Promise<RunLog> {
  const dir = await mkdtemp(join(tmpdir(), "posthorn-chaos-"));
  const file = createWriteStream(join(dir, "run.log"));
  let startedAtMs = performance.now();
  const now = (): number => performance.now() - startedAtMs;
  return {
    dir,
    now,
    startClock: () => {
      startedAtMs = performance.now();
    },
    tell: (line) => {
      const told = `${(now() / 1_000).toFixed(1).padStart(6)} s  ${line}`;
      // With the time of day too, by which the processes' logs go.
      file.write(`${new Date().toISOString()} ${told}\n`);
      say(told);
    },
    close: async ({ isKept }) => {
      await new Promise((resolve) => file.end(resolve));
      if (!isKept) await rm(dir, { recursive: true, force: true });
    },
  };
}
