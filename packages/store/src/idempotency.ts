import type { RequestId } from "@posthorn/core";

/**
 * The record of one request that came with an `Idempotency-Key`: digest of its body, a lease for whoever works on it,
 * the partitions to append to, the id to append under and, at the end, the answer. It is gone `windowMs` after the
 * first try began; the same key then starts anew. All of this may be repeated when Redis was away.
 */
export interface Idempotency {
  /** Takes the lease for 10 s, or says why not. */
  begin(request: {
    readonly requestId: RequestId;
    /** Tells this try from every other one: a fresh random text. */
    readonly holder: string;
    readonly digest: string;
    /** Recorded by the first try. */
    readonly partitions: readonly number[];
    readonly windowMs: number;
  }): Promise<IdempotencyBegin>;
  /**
   * Stores the answer of a request that is done, for the rest of the window. Resolves to the answer that counts:
   * when another try was faster, it is that one's.
   */
  finish(request: {
    readonly requestId: RequestId;
    readonly appendId: RequestId;
    readonly answer: string;
  }): Promise<string>;
  /** Ends the holder's lease early after a failure, so that a repeat need not wait for its end. */
  release(request: { readonly requestId: RequestId; readonly holder: string }): Promise<void>;
}

export type IdempotencyBegin =
  /**
   * Go on and append to `partitions`, which the first try recorded, under `appendId`. That id is new for each record,
   * so that marks which outlive a record cannot be taken for those of the next one under the same key.
   */
  | { readonly kind: "begun"; readonly appendId: RequestId; readonly partitions: readonly number[] }
  | { readonly kind: "finished"; readonly answer: string }
  | { readonly kind: "in-progress"; readonly retryAfterMs: number }
  | { readonly kind: "mismatch" };
