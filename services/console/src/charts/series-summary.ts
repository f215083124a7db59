import type { Flow, SeriesView } from "@posthorn/api/views";

const MINUTE_MS = 60_000;

/** What passed in the whole window, the current step included. */
export interface FlowSummary {
  readonly eventsIn: number;
  readonly eventsOut: number;
  readonly batchesOut: number;
  readonly failedAttempts: number;
  /** `null` when nothing was tried. */
  readonly successShare: number | null;
  /** Over all attempts that were answered or failed; `null` when there was none. */
  readonly latencyAvgMs: number | null;
  readonly latencyMaxMs: number | null;
}

export function summariseFlow(flow: Flow): FlowSummary {
  const batchesOut = sum(flow.batches_out);
  const failedAttempts = sum(flow.failed_attempts);
  const maxima = flow.latency_max_ms.filter((value) => value !== null);
  return {
    eventsIn: sum(flow.events_in),
    eventsOut: sum(flow.events_out),
    batchesOut,
    failedAttempts,
    successShare: shareOf(batchesOut, failedAttempts),
    latencyAvgMs: averageLatency(flow),
    latencyMaxMs: maxima.length === 0 ? null : Math.max(...maxima),
  };
}

/** The success share of each step; `null` where nothing was tried. */
export function successShares({ batches_out: out, failed_attempts: failed }: Flow): (number | null)[] {
  return out.map((delivered, index) => shareOf(delivered, failed[index] ?? 0));
}

function shareOf(delivered: number, failed: number): number | null {
  return delivered + failed === 0 ? null : delivered / (delivered + failed);
}

/** Each step's average counts by its attempts. */
function averageLatency(flow: Flow): number | null {
  let attempts = 0;
  let totalMs = 0;
  for (const [index, average] of flow.latency_avg_ms.entries()) {
    if (average === null) continue;
    const weight = Math.max(1, (flow.batches_out[index] ?? 0) + (flow.failed_attempts[index] ?? 0));
    attempts += weight;
    totalMs += average * weight;
  }
  return attempts === 0 ? null : totalMs / attempts;
}

/** Processes write what passed every ten seconds, each at its own time: half of that is not there yet. */
const UNWRITTEN_MS = 5_000;

/**
 * How much passes a minute: over as long as one step until now, which is the last minute where the steps are that short.
 * The current step is whole as far as it has come; of the one before, as much counts as reaches into that time.
 */
export function ratePerMinute(
  values: readonly number[],
  { from, to, step_ms: stepMs }: Pick<SeriesView, "from" | "to" | "step_ms">,
): number {
  const beganMs = Date.parse(from) + (values.length - 1) * stepMs;
  const share = (Date.parse(to) - UNWRITTEN_MS - beganMs) / stepMs;
  const [current = 0, last = 0, beforeThat = 0] = values.slice(-3).toReversed();
  const passed = current + last * within(1 - share) + beforeThat * within(-share);
  return passed / (stepMs / MINUTE_MS);
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** What stands behind such a rate: the time that it is of, where that is not a minute. */
export function rateUnit({ step_ms: stepMs }: Pick<SeriesView, "step_ms">): string {
  const minutes = stepMs / MINUTE_MS;
  return minutes === 1 ? "/ min" : `/ min in ${minutes} min`;
}

/** The highest value and where it is; `undefined` when all are zero or there are none. */
export function peakOf(values: readonly number[]): { readonly value: number; readonly index: number } | undefined {
  const value = Math.max(0, ...values);
  return value === 0 ? undefined : { value, index: values.indexOf(value) };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function lastOf(values: readonly number[]): number {
  return values.at(-1) ?? 0;
}
