import { isOutage } from "./plan/fault.ts";
import type { Fault } from "./plan/fault.ts";

/** How soon something was delivered again after the end of an outage. */
export interface Recovery {
  readonly fault: Fault;
  readonly endedAtMs: number;
  /** `undefined`: nothing was, until another outage began or the run ended. */
  readonly tookMs: number | undefined;
}

interface Lasted {
  readonly fault: Fault;
  readonly beganAtMs: number;
  readonly endedAtMs: number | undefined;
}

/** The outages of a run, without those that another one followed before anything could be delivered. */
export function recoveries(injected: readonly Lasted[], deliveredAtMs: readonly number[]): readonly Recovery[] {
  const outages = injected.filter(({ fault }) => isOutage(fault));
  return outages.flatMap(({ fault, endedAtMs = Infinity }): Recovery[] => {
    if (endedAtMs === Infinity) return [];
    const next = deliveredAtMs.find((atMs) => atMs >= endedAtMs);
    const isOverlapped = outages.some((other) => other.beganAtMs >= endedAtMs && other.beganAtMs < (next ?? Infinity));
    return isOverlapped ? [] : [{ fault, endedAtMs, tookMs: next === undefined ? undefined : next - endedAtMs }];
  });
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
