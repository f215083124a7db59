import { setTimeout as delay } from "node:timers/promises";
import { idleMs, UNWATCHED, watchQueue } from "@posthorn/core";
import type { QueueConsumer } from "@posthorn/store";

/** The consumer of a queue, which is replaced when it does not do its work. */
export interface WatchedConsumer {
  close(): Promise<void>;
  /** True while there is one, and it takes what it could. */
  readonly isWorking: () => boolean;
}

interface WatchOptions {
  readonly open: () => Promise<QueueConsumer>;
  /** Whether there is something to take. */
  readonly jobsWait: () => Promise<boolean>;
  readonly hasRoom: () => boolean;
  /** A consumer that has idled for this long although it might have worked is replaced. */
  readonly stuckAfterMs: number;
  readonly onRebuilt: (idledMs: number) => void;
  /** Redis could not be asked, or a consumer could not be opened; both are tried again. */
  readonly onError: (error: unknown) => void;
}

const LOOK_EVERY_MS = 1_000;
/** Between two jobs of a busy queue a look may find it idle. */
const IDLE_MS = 2_500;

/**
 * BullMQ's workers have stopped silently after outages of Redis for as long as there have been any (#648, #2964, #3088,
 * #4378), each time for another reason; so the work is watched and not the reasons.
 */
export function watchConsumer(options: WatchOptions): WatchedConsumer {
  const { open, jobsWait, hasRoom, stuckAfterMs, onRebuilt, onError } = options;
  const stopping = new AbortController();
  const dropping = new Set<Promise<void>>();
  let consumer: QueueConsumer | undefined;
  let watch = UNWATCHED;

  const drop = (stuck: QueueConsumer): void => {
    const dropped = stuck.drop().finally(() => dropping.delete(dropped));
    dropping.add(dropped);
  };

  const look = async (): Promise<void> => {
    if (consumer === undefined) {
      const opened = await open();
      if (stopping.signal.aborted) return drop(opened);
      consumer = opened;
      watch = UNWATCHED;
    }
    const seen = {
      jobsWait: await jobsWait(),
      taken: consumer.taken(),
      mayTake: hasRoom() && !consumer.isRefused(),
      nowMs: performance.now(),
    };
    watch = watchQueue(watch, seen);
    const idledMs = idleMs(watch, seen.nowMs);
    if (idledMs < stuckAfterMs || stopping.signal.aborted) return;
    drop(consumer);
    consumer = undefined;
    onRebuilt(Math.round(idledMs));
    return look();
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await look();
      } catch (error) {
        // Of what cannot be seen nobody says that it idles.
        watch = { ...watch, idleSinceMs: null };
        onError(error);
      }
      await delay(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const ended = loop();

  return {
    close: async () => {
      stopping.abort();
      await consumer?.close();
      await ended;
      await Promise.all(dropping);
    },
    isWorking: () => consumer?.isRunning() === true && idleMs(watch, performance.now()) < IDLE_MS,
  };
}
