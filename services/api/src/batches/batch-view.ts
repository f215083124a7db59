import type { AttemptRecord, BatchRow, BatchState } from "@posthorn/store";

/** One batch as `GET /webhooks/{id}/batches` shows it. */
export interface BatchView {
  readonly id: string;
  readonly state: BatchState;
  readonly events: number;
  readonly body_bytes: number;
  readonly attempts: number;
  readonly failed_attempts: number;
  readonly created_at: string;
  readonly sealed_at: string | null;
  readonly next_attempt_at: string | null;
  readonly expires_at: string | null;
  readonly ended_at: string | null;
  readonly last_attempt: {
    readonly at: string;
    readonly status: number | null;
    readonly error_code: string | null;
    readonly message: string | null;
  } | null;
}

/** One attempt as `GET …/batches/{batch}/attempts` shows it. */
export interface AttemptView {
  readonly attempt: number;
  readonly outcome: AttemptRecord["outcome"];
  readonly at: string;
  readonly lane: string | null;
  readonly latency_ms: number | null;
  readonly status: number | null;
  readonly error_code: string | null;
  readonly message: string | null;
  readonly next_attempt_at: string | null;
  readonly response_body: string | null;
}

export function viewBatch(row: BatchRow): BatchView {
  const { lastAttempt } = row;
  return {
    id: row.id,
    state: row.state,
    events: row.events,
    body_bytes: row.bodyBytes,
    attempts: row.attempts,
    failed_attempts: row.failedAttempts,
    created_at: timestamp(row.createdAtMs),
    sealed_at: timestampOrNull(row.sealedAtMs),
    next_attempt_at: timestampOrNull(row.nextAttemptAtMs),
    expires_at: timestampOrNull(row.expiresAtMs),
    ended_at: timestampOrNull(row.endedAtMs),
    last_attempt:
      lastAttempt === null
        ? null
        : {
            at: timestamp(lastAttempt.atMs),
            status: lastAttempt.status ?? null,
            error_code: lastAttempt.errorCode ?? null,
            message: lastAttempt.message ?? null,
          },
  };
}

export function viewAttempt(record: AttemptRecord): AttemptView {
  return {
    attempt: record.attempt,
    outcome: record.outcome,
    at: timestamp(record.atMs),
    lane: record.lane ?? null,
    latency_ms: record.latencyMs ?? null,
    status: record.status ?? null,
    error_code: record.errorCode ?? null,
    message: record.message ?? null,
    next_attempt_at: timestampOrNull(record.nextAttemptAtMs ?? null),
    response_body: record.bodyStart ?? null,
  };
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}

function timestampOrNull(ms: number | null): string | null {
  return ms === null ? null : timestamp(ms);
}
