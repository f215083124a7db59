/** Places for work that may hang, of which those under suspicion of hanging get but a part. */
export interface Places {
  /** Does the work as soon as there is a place; `undefined` when none came free in time. */
  run<T>(request: PlaceRequest, work: () => Promise<T>): Promise<T | undefined>;
}

interface PlaceRequest {
  readonly isSuspect: boolean;
  /** How long to wait for a place. */
  readonly withinMs: number;
}

interface PlacesOptions {
  readonly total: number;
  /** How many of them suspects may hold at a time. */
  readonly forSuspects: number;
}

export function createPlaces({ total, forSuspects }: PlacesOptions): Places {
  // In the order of their arrival.
  const trusted = new Set<() => void>();
  const suspects = new Set<() => void>();
  let taken = 0;
  let takenBySuspects = 0;

  const isFree = (isSuspect: boolean): boolean => taken < total && (!isSuspect || takenBySuspects < forSuspects);

  const take = (isSuspect: boolean): void => {
    taken++;
    if (isSuspect) takenBySuspects++;
  };

  const leave = (isSuspect: boolean): void => {
    taken--;
    if (isSuspect) takenBySuspects--;
    const [next] = trusted;
    const [nextSuspect] = suspects;
    if (next !== undefined && isFree(false)) next();
    else if (nextSuspect !== undefined && isFree(true)) nextSuspect();
  };

  const wait = (isSuspect: boolean, withinMs: number): Promise<boolean> =>
    new Promise((resolve) => {
      const queue = isSuspect ? suspects : trusted;
      const enter = (): void => {
        clearTimeout(timer);
        queue.delete(enter);
        take(isSuspect);
        resolve(true);
      };
      const timer = setTimeout(() => {
        queue.delete(enter);
        resolve(false);
      }, withinMs);
      queue.add(enter);
    });

  return {
    run: async ({ isSuspect, withinMs }, work) => {
      if (isFree(isSuspect)) take(isSuspect);
      else if (!(await wait(isSuspect, withinMs))) return undefined;
      try {
        return await work();
      } finally {
        leave(isSuspect);
      }
    },
  };
}
