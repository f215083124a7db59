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

/**
 * Starts the parts in order and stops them in reverse on the first SIGTERM or SIGINT, or when the parent process
 * that spawned us with an IPC channel is gone. A second signal, or `shutdownTimeoutMs`, ends the patience.
 */
export async function run(parts: readonly Part[], { log, shutdownTimeoutMs }: LifecycleOptions): Promise<void> {
  const patience = new AbortController();
  const started: Part[] = [];
  let stopping: Promise<void> | undefined;

  const stop = async (why: string): Promise<void> => {
    log.info({ why }, "process.stopping");
    const deadline = setTimeout(() => patience.abort(new Error("shutdown timeout")), shutdownTimeoutMs);
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
  const onStop = (why: string): void => {
    if (stopping === undefined) stopping = stop(why);
    else patience.abort(new Error(`a second ${why}`));
  };

  process.on("SIGTERM", () => onStop("SIGTERM"));
  process.on("SIGINT", () => onStop("SIGINT"));
  if (process.channel !== undefined && process.channel !== null) {
    process.channel.unref();
    process.on("disconnect", () => onStop("parent gone"));
  }

  for (const part of parts) {
    started.push(part);
    await part.start();
  }
}
