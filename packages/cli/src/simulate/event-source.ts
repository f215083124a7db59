import { delaysWithin } from "./life.ts";
import { createMailServer } from "./mail-server.ts";
import { seededRandom } from "./random.ts";

export interface EventSource {
  /** The next event as JSON text on one line. */
  next(): string;
}

/** A fixed day, so that the same seed gives the same bytes whenever it is used. */
const START_MS = Date.UTC(2026, 0, 1);

/** Endless realistic events for measurements: those of a mail server at one event per millisecond. */
export function createEventSource(seed: number): EventSource {
  const server = createMailServer({ random: seededRandom(seed), startMs: START_MS, delays: delaysWithin(10_000) });
  let nowMs = START_MS;
  return { next: () => server.next(nowMs++).text };
}
