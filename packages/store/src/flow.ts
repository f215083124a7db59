/** What has passed since somebody last wrote it down. */
export interface Flow {
  eventsIn: number;
  eventsOut: number;
  batchesOut: number;
  failedAttempts: number;
  /** Of all attempts, successful or not. */
  latencySumMs: number;
  latencyMaxMs: number;
}

export function noFlow(): Flow {
  return { eventsIn: 0, eventsOut: 0, batchesOut: 0, failedAttempts: 0, latencySumMs: 0, latencyMaxMs: 0 };
}

/** Adds `more` to `flow`. */
export function addFlow(flow: Flow, more: Readonly<Flow>): void {
  flow.eventsIn += more.eventsIn;
  flow.eventsOut += more.eventsOut;
  flow.batchesOut += more.batchesOut;
  flow.failedAttempts += more.failedAttempts;
  flow.latencySumMs += more.latencySumMs;
  flow.latencyMaxMs = Math.max(flow.latencyMaxMs, more.latencyMaxMs);
}

/** As `series.lua` takes it. */
export function sumsOf(flow: Readonly<Flow>): readonly number[] {
  const { eventsIn, eventsOut, batchesOut, failedAttempts, latencySumMs, latencyMaxMs } = flow;
  return [eventsIn, eventsOut, batchesOut, failedAttempts, Math.round(latencySumMs), Math.round(latencyMaxMs)];
}
