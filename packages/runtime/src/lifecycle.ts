import type { Log } from "./log.ts";

/** One thing that a process starts and, in reverse order, stops. */
export interface Part {
  readonly name: string;
  start(): Promise<void>;
  /** Resolves when everything in hand is finished; `signal` aborts when patience is over. */
  stop(signal: AbortSignal): Promise<void>;
  /** Takes over what has changed outside of the process; called on SIGHUP, once everything has started. */
  reload?(): Promise<void>;
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
 * that spawned us with an IPC channel is gone. A second signal, or `shutdownTimeoutMs`, ends the patience. SIGHUP reloads
 * the parts that can be reloaded; where there are none, it ends the process, as it does with any other.
 * Throws what a part cannot start for, after it has stopped the others.
 */
export async function run(parts: readonly Part[], { log, shutdownTimeoutMs }: LifecycleOptions): Promise<void> {
  const patience = new AbortController();
  const started: Part[] = [];
  let stopping: Promise<void> | undefined;

  patience.signal.addEventListener("abort", () => setTimeout(() => process.exit(1), LAST_MOMENT_MS));

  const stopParts = async (patienceMs: number): Promise<void> => {
    const deadline = setTimeout(() => patience.abort(new Error("shutdown timeout")), patienceMs);
    for (const part of started.toReversed()) {
      try {
        await part.stop(patience.signal);
      } catch (error) {
        log.error({ err: error, part: part.name }, "part.stop-failed");
      }
    }
    clearTimeout(deadline);
  };
  const stop = async (why: string, patienceMs: number): Promise<void> => {
    log.info({ why }, "process.stopping");
    await stopParts(patienceMs);
    log.info({ why }, "process.stopped");
    process.exit(patience.signal.aborted ? 1 : 0);
  };
  const onStop = (why: string, patienceMs = shutdownTimeoutMs): void => {
    if (stopping === undefined) stopping = stop(why, patienceMs);
    else patience.abort(new Error(`a second ${why}`));
  };

  process.on("SIGTERM", () => onStop("SIGTERM"));
  process.on("SIGINT", () => onStop("SIGINT"));
  const onOrphaned = (): void => onStop("parent gone", Math.min(shutdownTimeoutMs, ORPHAN_PATIENCE_MS));
  if (process.channel !== undefined && process.channel !== null) {
    process.channel.unref();
    process.on("disconnect", onOrphaned);
  }
  // Undefined where there never was a channel.
  const connected = process.connected as boolean | undefined;
  // It may have gone while our modules were loaded.
  if (connected === false) onOrphaned();

  let onStarted: (() => void) | undefined;
  let reloading = new Promise<void>((resolve) => (onStarted = resolve));
  const reload = async (): Promise<void> => {
    log.info("process.reloading");
    for (const part of started) {
      if (stopping !== undefined) return;
      await part.reload?.().catch((error: unknown) => log.error({ err: error, part: part.name }, "part.reload-failed"));
    }
  };
  if (parts.some((part) => part.reload !== undefined)) {
    // One after the other: what a second SIGHUP is about may have come too late for the first.
    process.on("SIGHUP", () => {
      reloading = reloading.then(reload);
    });
  }

  try {
    for (const part of parts) {
      if (stopping !== undefined) return await stopping;
      started.push(part);
      await part.start();
    }
  } catch (error) {
    // What it needs may have been stopped under its feet.
    if (stopping !== undefined) {
      log.warn({ err: error }, "process.start-cut-short");
      return stopping;
    }
    // What others have begun meanwhile is finished, as at any other end.
    stopping = stopParts(shutdownTimeoutMs);
    await stopping;
    throw error;
  }
  onStarted?.();
}
