import { setTimeout as delay } from "node:timers/promises";

/** Waits until `probe` gives something truthy and returns it; fails after `deadlineMs` by saying what never happened. */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false | null> | T | undefined | false | null,
  deadlineMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false && value !== null) return value;
    if (performance.now() > deadline) throw new Error(`waited ${deadlineMs} ms, but never saw: ${what}`);
    await delay(10);
  }
}
