import { setTimeout as delay } from "node:timers/promises";

interface ReadyOptions {
  readonly name: string;
  readonly url: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** Waits until `url` answers 200; throws with its last answer when that takes longer than `deadlineMs`. */
export async function waitUntilReady({ name, url, deadlineMs, signal }: ReadyOptions): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  let last = "no answer";
  while (performance.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]) });
      const body = await response.text();
      if (response.status === 200) return;
      last = `${response.status} ${body.slice(0, 500)}`;
    } catch (error) {
      signal.throwIfAborted();
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      last = cause instanceof Error ? cause.message : String(cause);
    }
    await delay(100, undefined, { signal });
  }
  throw new Error(`${name} was not ready after ${deadlineMs / 1_000} s (${url}: ${last}); its log above says why`);
}
