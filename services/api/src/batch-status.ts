import type { AttemptRecord } from "@posthorn/store";

/** The most rows of batch status, and how many there are unless told otherwise (facts §1.8). */
export const STATUS_ROWS = 1_000;

/** One row of `GET /webhooks/{id}/batch-status`; codes are strings, as clients of the original expect. */
export interface BatchStatusRow {
  readonly batch_id: string;
  readonly ts: string;
  /** Failed attempts so far. */
  readonly attempts: number;
  readonly response_code?: string;
  readonly failure_code?: string;
  readonly latency?: number;
  readonly batch_size: number;
  readonly webhook_id: string;
}

/** Sums up a batch's attempts; an attempt without an answer shows the network's error code. */
export function batchStatusRow(webhook: string, attempts: readonly AttemptRecord[]): BatchStatusRow {
  const last = attempts.at(-1);
  if (last === undefined) throw new Error("a batch without attempts has no status");
  const answered = attempts.findLast((attempt) => attempt.status !== undefined || attempt.errorCode !== undefined);
  const code = answered === undefined ? undefined : String(answered.status ?? answered.errorCode);
  const failedAttempts = last.failedAttempts + (last.outcome === "failed" ? 1 : 0);
  return {
    batch_id: last.batch,
    ts: new Date(last.createdAtMs).toISOString(),
    attempts: failedAttempts,
    ...(code === undefined ? {} : { response_code: code }),
    ...(code === undefined || last.outcome === "delivered" ? {} : { failure_code: code }),
    ...(answered?.latencyMs === undefined ? {} : { latency: answered.latencyMs }),
    batch_size: last.events,
    webhook_id: webhook,
  };
}
