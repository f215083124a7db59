import { setTimeout as delay } from "node:timers/promises";
import { StoreUnavailableError } from "@posthorn/store";

/** Covers a reconnection; a sender waits this much longer for its 503. */
const PATIENCE_MS = 2_000;
const FIRST_PAUSE_MS = 50;
const PAUSE_MAX_MS = 400;

/** For what may be done twice: repeats `work` while Redis cannot serve it, for two seconds from the call. */
export async function repeatWhileUnavailable<T>(work: () => Promise<T>): Promise<T> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || performance.now() + pauseMs > deadlineMs) throw error;
      await delay(pauseMs);
    }
  }
}
