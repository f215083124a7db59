import type { Log } from "./log.ts";

/** One thing that a process starts and, in reverse order, stops. */
export interface Part {
  readonly name: string;
  start(): Promise<void>;
  /** Resolves when everything in hand is finished; `signal` aborts when patience is over. */
  stop(signal: AbortSignal): Promise<void>;
}

interface LifecycleOptions {
  readonly log: Log;
  readonly shutdownTimeoutMs: number;
}

/** After its parent has died a process ends within 5 s, whatever its configuration says. */
const ORPHAN_PATIENCE_MS = 3_000;
/** What has not stopped this long after patience has ended will not. */
const LAST_MOMENT_MS = 1_000;

/**
 * Starts the parts in order and stops them in reverse on the first SIGTERM or SIGINT, or when the parent process
 * that spawned us with an IPC channel is gone. A second signal, or `shutdownTimeoutMs`, ends the patience.
 */
export async function run(parts: readonly Part[], { log, shutdownTimeoutMs }: LifecycleOptions): Promise<void> {
  const patience = new AbortController();
  const started: Part[] = [];
  let stopping: Promise<void> | undefined;

  patience.signal.addEventListener("abort", () => setTimeout(() => process.exit(1), LAST_MOMENT_MS));

  const stop = async (why: string, patienceMs: number): Promise<void> => {
    log.info({ why }, "process.stopping");
    const deadline = setTimeout(() => patience.abort(new Error("shutdown timeout")), patienceMs);
    for (const part of started.toReversed()) {
      try {
        await part.stop(patience.signal);
      } catch (error) {
        log.error({ err: error, part: part.name }, "part.stop-failed");
      }
    }
    clearTimeout(deadline);
    log.info({ why }, "process.stopped");
    process.exit(patience.signal.aborted ? 1 : 0);
  };
  const onStop = (why: string, patienceMs = shutdownTimeoutMs): void => {
    if (stopping === undefined) stopping = stop(why, patienceMs);
    else patience.abort(new Error(`a second ${why}`));
  };

  process.on("SIGTERM", () => onStop("SIGTERM"));
  process.on("SIGINT", () => onStop("SIGINT"));
  if (process.channel !== undefined && process.channel !== null) {
    process.channel.unref();
    process.on("disconnect", () => onStop("parent gone", Math.min(shutdownTimeoutMs, ORPHAN_PATIENCE_MS)));
  }

  for (const part of parts) {
    if (stopping !== undefined) return stopping;
    started.push(part);
    await part.start();
  }
}
