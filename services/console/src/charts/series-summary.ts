import type { Flow } from "@posthorn/api/views";

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

/**
 * How much passes a minute: over the last whole minutes, five of them where the steps are that short. A single one would
 * jump with every batch, and the current one is not over.
 */
export function ratePerMinute(values: readonly number[], stepMs: number): number {
  const steps = Math.max(1, Math.round((5 * MINUTE_MS) / stepMs));
  const whole = values.slice(0, -1).slice(-steps);
  return whole.length === 0 ? 0 : sum(whole) / ((whole.length * stepMs) / MINUTE_MS);
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
