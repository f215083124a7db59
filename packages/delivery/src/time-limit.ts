/** Bounds what is done for an attempt. */
export interface TimeLimit {
  /** Aborts when the time is over, or when the attempt is stopped. */
  readonly signal: AbortSignal;
  /** True when it was the time that ended it. */
  readonly isOver: () => boolean;
  /** To be called when it is done, or the timer goes on. */
  end(): void;
}

export function limitTime(withinMs: number, stop?: AbortSignal): TimeLimit {
  const ending = new AbortController();
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    ending.abort();
  }, withinMs);
  // Not AbortSignal.any: on Node 20 it leaves something behind on a long-lived signal at each call.
  const abort = (): void => ending.abort();
  stop?.addEventListener("abort", abort);
  if (stop?.aborted === true) abort();
  return {
    signal: ending.signal,
    isOver: () => isOver,
    end: () => {
      clearTimeout(timer);
      stop?.removeEventListener("abort", abort);
    },
  };
}

/** What `work` comes to, or `undefined` as soon as the limit ends the waiting for it; the work itself goes on. */
export async function within<T>({ signal }: TimeLimit, work: Promise<T>): Promise<T | undefined> {
  let give: (() => void) | undefined;
  const ended = new Promise<undefined>((resolve) => {
    give = () => resolve(undefined);
    signal.addEventListener("abort", give);
    if (signal.aborted) give();
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    if (give !== undefined) signal.removeEventListener("abort", give);
  }
}
