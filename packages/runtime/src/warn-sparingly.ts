import type { Log } from "./log.ts";
import { createRepeats } from "./repeats.ts";

/** Logs a warning about an error that may come back many times a second. */
export type WarnSparingly = (error: unknown, event: string, fields?: Readonly<Record<string, unknown>>) => void;

const TELL_EVERY_MS = 5_000;

/** Ids and numbers do not make another kind of error. */
const PARTICULARS = /[0-9a-f]{8}[0-9a-f-]*|\d+/g;

/** One line per event and kind of error in five seconds; `repeated` says how many were left out. */
export function createWarnSparingly(log: Pick<Log, "warn">): WarnSparingly {
  const repeats = createRepeats(TELL_EVERY_MS);
  return (error, event, fields = {}) => {
    const message = error instanceof Error ? error.message : String(error);
    const repeated = repeats.tell(`${event} ${message.replace(PARTICULARS, "#")}`, performance.now());
    if (repeated !== undefined) log.warn({ err: error, ...fields, ...(repeated > 0 ? { repeated } : {}) }, event);
  };
}
