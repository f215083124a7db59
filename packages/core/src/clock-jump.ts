/** What another machine's clock showed, between two moments of a clock of ours that only runs forward. */
export interface ClockReading {
  readonly clockMs: number;
  readonly askedAtMs: number;
  readonly heardAtMs: number;
}

/** A clock that is set right by less than this has not jumped. */
export const CLOCK_JUMP_MIN_MS = 30_000;

/**
 * By how much the clock must have jumped between two readings, at least; 0 = it may have run on. An answer that was long
 * under way, or that lay waiting while this process stood still, proves no jump.
 */
export function clockJumpMs(before: ClockReading, after: ClockReading): number {
  const passedMs = after.clockMs - before.clockMs;
  const forwardMs = passedMs - (after.heardAtMs - before.askedAtMs);
  if (forwardMs > CLOCK_JUMP_MIN_MS) return forwardMs;
  const backMs = passedMs - (after.askedAtMs - before.heardAtMs);
  return backMs < -CLOCK_JUMP_MIN_MS ? backMs : 0;
}

/** What the clock shows by now, unless it has jumped. */
export function expectedClockMs({ clockMs, askedAtMs, heardAtMs }: ClockReading, nowMs: number): number {
  return Math.round(clockMs + nowMs - (askedAtMs + heardAtMs) / 2);
}
