import { setTimeout as delay } from "node:timers/promises";
import type { Batches } from "@posthorn/store";
import type { WarnSparingly } from "@posthorn/runtime";

/** Every worker looks at the head of each partition's deadlines about this often; a look writes nothing. */
const LOOK_EVERY_MS = 200;
/** While more is due: others want something of Redis too. */
const BREATH_MS = 5;
/** Longer than anything that is asked of Redis may take: one answer that never comes must not end all looking. */
const STEP_PATIENCE_MS = 10_000;

export interface Ticker {
  /** Resolves when the last look has ended. */
  stop(): Promise<void>;
  /** By when every partition had been looked at, by `performance.now()`. */
  readonly lastLookMs: () => number;
}

/** Seals windows, ends lost leases, makes retries and probes due: whatever the partitions' deadlines say. */
export function startTicker(deps: {
  readonly batches: Pick<Batches, "isDue" | "tick">;
  readonly partitions: () => readonly number[];
  readonly warn: WarnSparingly;
  readonly stepPatienceMs?: number;
}): Ticker {
  const { batches, partitions, warn, stepPatienceMs = STEP_PATIENCE_MS } = deps;
  const stopping = new AbortController();
  const looked = new Map<number, number>();
  const looking = new Map<number, Promise<void>>();

  const step = async (partition: number, isMore: Promise<boolean>): Promise<boolean> => {
    const more = await within(stepPatienceMs, isMore);
    looked.set(partition, performance.now());
    return more;
  };
  const look = async (partition: number): Promise<void> => {
    try {
      if (!(await step(partition, batches.isDue(partition)))) return;
      while (!stopping.signal.aborted && (await step(partition, batches.tick(partition)))) {
        await delay(BREATH_MS);
      }
    } catch (error) {
      warn(error, "tick.failed");
    } finally {
      looking.delete(partition);
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      for (const partition of partitions()) {
        // One in which much is due, or which does not answer, keeps no other waiting.
        if (looking.has(partition)) continue;
        if (!looked.has(partition)) looked.set(partition, performance.now());
        looking.set(partition, look(partition));
      }
      await delay(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await Promise.all(looking.values());
  };
  const ended = loop();

  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
    lastLookMs: () => Math.min(...partitions().map((partition) => looked.get(partition) ?? performance.now())),
  };
}

async function within<T>(patienceMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const lost = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis has not answered for ${patienceMs} ms`)), patienceMs);
  });
  try {
    return await Promise.race([work, lost]);
  } finally {
    clearTimeout(timer);
  }
}
