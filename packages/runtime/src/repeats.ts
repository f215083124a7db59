/** Counts what happens again and again, so that it is told once in a while instead of each time. */
export interface Repeats {
  /** How often this has happened untold since it was told last; `undefined` = keep silent about it now. */
  tell(kind: string, nowMs: number): number | undefined;
}

/** Beyond this many kinds those that are quiet are forgotten. */
const KINDS_KEPT = 100;

/** Tells each kind of happening at most once in `everyMs`. */
export function createRepeats(everyMs: number): Repeats {
  const kinds = new Map<string, { toldAtMs: number; untold: number }>();

  const forgetQuiet = (nowMs: number): void => {
    for (const [kind, { toldAtMs }] of kinds) if (nowMs - toldAtMs >= everyMs) kinds.delete(kind);
  };

  return {
    tell: (kind, nowMs) => {
      const known = kinds.get(kind);
      if (known !== undefined && nowMs - known.toldAtMs < everyMs) {
        known.untold += 1;
        return undefined;
      }
      if (known === undefined && kinds.size >= KINDS_KEPT) forgetQuiet(nowMs);
      kinds.set(kind, { toldAtMs: nowMs, untold: 0 });
      return known?.untold ?? 0;
    },
  };
}
