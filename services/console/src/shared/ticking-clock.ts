import { useSyncExternalStore } from "react";

/** One timer for all times on the page. */
const listeners = new Set<() => void>();
let timer: number | undefined;
/** How far the clock of the API is ahead of the viewer's. */
let aheadMs = 0;
let nowMs = Date.now();

/** What is off by less is the way of an answer, and that its time is told in whole seconds. */
const TOLERANCE_MS = 3_000;

/** Takes the API's time, by which all times on the page are meant: the viewer's clock may be minutes off. */
export function followClock(apiMs: number): void {
  const difference = apiMs - Date.now();
  aheadMs = Math.abs(difference) > TOLERANCE_MS ? difference : 0;
}

function tick(): void {
  nowMs = Date.now() + aheadMs;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    nowMs = Date.now() + aheadMs;
    timer = window.setInterval(tick, 1_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

/** The time, to the step; a component is drawn anew only when the step changes. */
export function useNow(stepMs = 1_000): number {
  return useSyncExternalStore(subscribe, () => Math.floor(nowMs / stepMs) * stepMs);
}
