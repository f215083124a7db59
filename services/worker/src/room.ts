import type { Lane } from "@posthorn/store";

/** One attempt's place in this process. */
export interface Place {
  release(): void;
}

/** How many attempts this process has in flight, over both lanes and all partitions. */
export interface Room {
  /** A place, or `undefined` when there is none for this lane now. */
  tryTake(lane: Lane): Place | undefined;
  readonly hasRoom: (lane: Lane) => boolean;
  /** Resolves when the lane has a free place, or when `close` was called. */
  whenRoom(lane: Lane): Promise<void>;
  /** Resolves when no place is taken. */
  whenEmpty(): Promise<void>;
  readonly taken: () => Readonly<Record<Lane, number>>;
  /** Nobody waits for room any more. */
  close(): void;
}

/**
 * The retry lane gets at most half of the places, and one is kept for it, so that neither lane can shut the other out.
 * `capacity` is at least 2.
 */
export function createRoom(capacity: number): Room {
  const taken: Record<Lane, number> = { fresh: 0, retry: 0 };
  const most: Record<Lane, number> = { fresh: capacity - 1, retry: Math.max(1, Math.floor(capacity / 2)) };
  let waiting: { readonly lane: Lane; readonly wake: () => void }[] = [];
  let emptied: (() => void)[] = [];
  let closed = false;

  const hasRoom = (lane: Lane): boolean => taken[lane] < most[lane] && taken.fresh + taken.retry < capacity;

  const release = (lane: Lane): void => {
    taken[lane] -= 1;
    const ready = waiting.filter((waiter) => hasRoom(waiter.lane));
    waiting = waiting.filter((waiter) => !ready.includes(waiter));
    for (const { wake } of ready) wake();
    if (taken.fresh + taken.retry === 0) {
      for (const resolve of emptied) resolve();
      emptied = [];
    }
  };

  return {
    hasRoom,
    tryTake: (lane) => {
      if (!hasRoom(lane)) return undefined;
      taken[lane] += 1;
      let released = false;
      return {
        release: () => {
          if (released) return;
          released = true;
          release(lane);
        },
      };
    },
    whenRoom: async (lane) => {
      if (closed || hasRoom(lane)) return;
      await new Promise<void>((wake) => waiting.push({ lane, wake }));
    },
    whenEmpty: async () => {
      if (taken.fresh + taken.retry === 0) return;
      await new Promise<void>((resolve) => emptied.push(resolve));
    },
    taken: () => ({ ...taken }),
    close: () => {
      closed = true;
      for (const { wake } of waiting) wake();
      waiting = [];
    },
  };
}
