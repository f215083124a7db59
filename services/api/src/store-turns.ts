import { DomainError } from "@posthorn/core";

/** Lets only so many bytes of events be on their way into the store at a time, in the order of their arrival. */
export interface StoreTurns {
  /** Does the work when its turn comes; throws `UNAVAILABLE` when that takes too long. */
  run<T>(bytes: number, work: () => Promise<T>): Promise<T>;
}

/** Requests ahead of it that find no store give up within some seconds each. */
const PATIENCE_MS = 10_000;

interface Waiting {
  readonly bytes: number;
  readonly enter: () => void;
}

/**
 * On its way into the store a body is held about three times: as it came, as chunks, and as the command that carries
 * them. All of that at a time for what was taken in would be three times as much memory, and commands that wait behind
 * so many others run into their time-out without being at fault.
 */
export function createStoreTurns(maxBytes: number, patienceMs = PATIENCE_MS): StoreTurns {
  const queue = new Set<Waiting>();
  let taken = 0;

  // Alone, any body may go.
  const isFree = (bytes: number): boolean => taken === 0 || taken + bytes <= maxBytes;

  const admit = (): void => {
    for (const waiting of queue) {
      if (!isFree(waiting.bytes)) return;
      waiting.enter();
    }
  };

  const wait = (bytes: number): Promise<boolean> =>
    new Promise((resolve) => {
      const waiting: Waiting = {
        bytes,
        enter: () => {
          clearTimeout(timer);
          queue.delete(waiting);
          taken += bytes;
          resolve(true);
        },
      };
      const timer = setTimeout(() => {
        queue.delete(waiting);
        resolve(false);
        admit();
      }, patienceMs);
      queue.add(waiting);
    });

  return {
    run: async (bytes, work) => {
      if (queue.size === 0 && isFree(bytes)) taken += bytes;
      else if (!(await wait(bytes))) {
        throw new DomainError(
          "UNAVAILABLE",
          [{ message: "The store takes events in more slowly than they come: repeat the request" }],
          { retryAfterSeconds: 1 },
        );
      }
      try {
        return await work();
      } finally {
        taken -= bytes;
        admit();
      }
    },
  };
}
