import { setTimeout as delay } from "node:timers/promises";
import type { Batches } from "@posthorn/store";
import type { Log } from "@posthorn/runtime";

/** Every worker looks at the head of each partition's deadlines about this often; a look writes nothing. */
const LOOK_EVERY_MS = 200;

export interface Ticker {
  /** Resolves when the last look has ended. */
  stop(): Promise<void>;
  /** When the last look at all partitions succeeded, by `performance.now()`. */
  readonly lastLookMs: () => number;
}

/** Seals windows, ends lost leases, makes retries and probes due: whatever the partitions' deadlines say. */
export function startTicker(deps: {
  readonly batches: Pick<Batches, "isDue" | "tick">;
  readonly partitions: () => readonly number[];
  readonly log: Log;
}): Ticker {
  const { batches, partitions, log } = deps;
  const stopping = new AbortController();
  let lastLookMs = performance.now();

  const look = async (partition: number): Promise<void> => {
    if (!(await batches.isDue(partition))) return;
    while (!stopping.signal.aborted && (await batches.tick(partition))) {
      // More is due: go on without a pause.
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await Promise.all(partitions().map(look));
        lastLookMs = performance.now();
      } catch (error) {
        log.warn({ err: error }, "tick.failed");
      }
      await delay(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const ended = loop();

  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
    lastLookMs: () => lastLookMs,
  };
}
