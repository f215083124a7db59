/**
 * Where the time series of a webhook lies: one string of a fixed size, a ring of records for each window, one record for
 * each step. A record tells by its number which step it is of, so that nothing has to be cleared. The scripts are given
 * the same numbers.
 */
export const SERIES_WINDOWS = {
  "1h": { stepMs: 60_000, steps: 60 },
  "24h": { stepMs: 900_000, steps: 96 },
} as const;

export type SeriesWindow = keyof typeof SERIES_WINDOWS;

/** What a record holds: its step's number, six sums, three levels; all but the last in 32 bits. */
const RECORD_FORMAT = ">I4I4I4I4I4I4I4I4I4d";
export const RECORD_BYTES = 44;

const OFFSETS: Readonly<Record<SeriesWindow, number>> = { "1h": 0, "24h": SERIES_WINDOWS["1h"].steps * RECORD_BYTES };

/** The bytes of the string that belong to a window, the last one included, as Redis counts ranges. */
export function ringOf(window: SeriesWindow): { readonly first: number; readonly last: number } {
  const first = OFFSETS[window];
  return { first, last: first + SERIES_WINDOWS[window].steps * RECORD_BYTES - 1 };
}

/** One step of a series. */
export interface SeriesRecord {
  /** Counts steps since the epoch. */
  readonly step: number;
  readonly eventsIn: number;
  readonly eventsOut: number;
  readonly batchesOut: number;
  readonly failedAttempts: number;
  /** Of all attempts, successful or not. */
  readonly latencySumMs: number;
  readonly latencyMaxMs: number;
  /** What waits, as it was last seen in this step. */
  readonly backlogBatches: number;
  readonly backlogEvents: number;
  readonly backlogBytes: number;
}

/** The records that have been written of a ring, in no order. */
export function readRing(ring: Buffer): SeriesRecord[] {
  const records: SeriesRecord[] = [];
  for (let at = 0; at + RECORD_BYTES <= ring.length; at += RECORD_BYTES) {
    const number = (index: number): number => ring.readUInt32BE(at + 4 * index);
    if (number(0) === 0) continue;
    records.push({
      step: number(0),
      eventsIn: number(1),
      eventsOut: number(2),
      batchesOut: number(3),
      failedAttempts: number(4),
      latencySumMs: number(5),
      latencyMaxMs: number(6),
      backlogBatches: number(7),
      backlogEvents: number(8),
      backlogBytes: ring.readDoubleBE(at + 36),
    });
  }
  return records;
}

/** Lua text that gives the scripts this layout. */
export const SERIES_LUA = [
  `local RECORD_FORMAT, RECORD_BYTES = "${RECORD_FORMAT}", ${RECORD_BYTES}`,
  `local SERIES_WINDOWS = { ${Object.entries(SERIES_WINDOWS)
    .map(([name, { stepMs, steps }]) => `{ ${OFFSETS[name as SeriesWindow]}, ${stepMs}, ${steps} }`)
    .join(", ")} }`,
].join("\n");
