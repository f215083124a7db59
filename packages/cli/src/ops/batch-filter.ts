/** What is told of a batch by `GET /webhooks/{id}/batches`, as far as it is of interest here. */
export interface ListedBatch {
  readonly id: string;
  readonly state: string;
  readonly events: number;
  readonly body_bytes: number;
  readonly attempts: number;
  readonly failed_attempts: number;
  readonly created_at: string;
  readonly next_attempt_at: string | null;
  readonly expires_at: string | null;
  readonly last_attempt: { readonly status: number | null; readonly message: string | null } | null;
}

/** Which batches of a webhook are meant: all that everything holds of that is given. */
export interface BatchFilter {
  readonly states: readonly string[] | undefined;
  readonly olderMs: number | undefined;
  readonly failedAttempts: number | undefined;
}

export function isUnfiltered({ states, olderMs, failedAttempts }: BatchFilter): boolean {
  return states === undefined && olderMs === undefined && failedAttempts === undefined;
}

/** Whether a batch is meant; its state is what was asked for already. */
export function isMeant(batch: ListedBatch, { olderMs, failedAttempts }: BatchFilter, nowMs: number): boolean {
  if (olderMs !== undefined && Date.parse(batch.created_at) > nowMs - olderMs) return false;
  return failedAttempts === undefined || batch.failed_attempts >= failedAttempts;
}
