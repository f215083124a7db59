import type { RequestId } from "@posthorn/core";

/**
 * The record of one request that came with an `Idempotency-Key`: digest of its body, a lease for whoever works on it,
 * the partitions to append to and, at the end, the answer.
 */
export interface Idempotency {
  /**
   * Takes the lease for 10 s, or says why not. `begun`: go on and append to `partitions`, which are those recorded
   * by the first try, if there was one, else the ones given.
   */
  begin(request: {
    readonly requestId: RequestId;
    readonly digest: string;
    readonly partitions: readonly number[];
    readonly windowMs: number;
  }): Promise<IdempotencyBegin>;
  /** Stores the answer of a request that is done, for the rest of the window. */
  finish(requestId: RequestId, answer: string): Promise<void>;
  /** Ends the lease early after a failure, so that a repeat need not wait for its end. */
  release(requestId: RequestId): Promise<void>;
}

export type IdempotencyBegin =
  | { readonly kind: "begun"; readonly partitions: readonly number[] }
  | { readonly kind: "finished"; readonly answer: string }
  | { readonly kind: "in-progress"; readonly retryAfterMs: number }
  | { readonly kind: "mismatch" };
