import type { ReadBody } from "../events.ts";

/** One request of the generator, with consecutive events. */
export interface SentRequest {
  readonly first: number;
  readonly count: number;
  /** When it was first sent. */
  readonly sentAtMs: number;
  answeredAtMs: number | undefined;
}

/** One batch as a target saw it, all its attempts together. */
export interface SeenBatch {
  readonly id: string;
  readonly digest: string;
  readonly numbers: Int32Array;
  /** What became of each attempt, in order. */
  readonly attempts: { readonly atMs: number; readonly answer: string; isDelivered: boolean }[];
}

/** What must never happen, seen by a target. */
export type Irregularity =
  | { readonly kind: "foreign-body"; readonly batch: string; readonly atMs: number; readonly start: string }
  | { readonly kind: "changed-bytes"; readonly batch: string; readonly atMs: number };

/** What one webhook's target saw. */
export interface TargetLedger {
  readonly batches: ReadonlyMap<string, SeenBatch>;
  readonly irregularities: readonly Irregularity[];
}

/** Who sent what and who got what, as it happens; the accounts are made of it at the end. */
export interface Ledger {
  readonly requests: readonly SentRequest[];
  send(first: number, count: number, atMs: number): SentRequest;
  /** A whole body has arrived; `answer` is what the target does with it. Call `delivered` once a 2xx was sent. */
  receive(got: {
    readonly webhook: string;
    readonly batch: string;
    readonly digest: string;
    readonly body: ReadBody;
    readonly start: string;
    readonly atMs: number;
    readonly answer: string;
  }): { delivered(): void };
  target(webhook: string): TargetLedger;
  /** When each 2xx was sent, in order. */
  readonly deliveredAtMs: readonly number[];
  readonly totals: Totals;
}

export interface Totals {
  sentEvents: number;
  attempts: number;
  deliveredBatches: number;
  /** More than once each. */
  repeatedBatches: number;
  repeatedEvents: number;
}

interface Target extends TargetLedger {
  readonly batches: Map<string, SeenBatch>;
  readonly irregularities: Irregularity[];
}

export function createLedger(now: () => number): Ledger {
  const requests: SentRequest[] = [];
  const targets = new Map<string, Target>();
  const deliveredAtMs: number[] = [];
  const totals: Totals = { sentEvents: 0, attempts: 0, deliveredBatches: 0, repeatedBatches: 0, repeatedEvents: 0 };

  const targetOf = (webhook: string): Target => {
    let target = targets.get(webhook);
    if (target === undefined) {
      target = { batches: new Map(), irregularities: [] };
      targets.set(webhook, target);
    }
    return target;
  };

  return {
    requests,
    deliveredAtMs,
    totals,
    send: (first, count, atMs) => {
      const request: SentRequest = { first, count, sentAtMs: atMs, answeredAtMs: undefined };
      requests.push(request);
      totals.sentEvents += count;
      return request;
    },
    receive: ({ webhook, batch, digest, body, start, atMs, answer }) => {
      totals.attempts++;
      const { batches, irregularities } = targetOf(webhook);
      if (body.kind === "foreign") {
        irregularities.push({ kind: "foreign-body", batch, atMs, start });
        return { delivered: () => undefined };
      }
      let seen = batches.get(batch);
      if (seen === undefined) {
        seen = { id: batch, digest, numbers: body.numbers, attempts: [] };
        batches.set(batch, seen);
      }
      if (seen.digest !== digest) irregularities.push({ kind: "changed-bytes", batch, atMs });
      const attempt = { atMs, answer, isDelivered: false };
      seen.attempts.push(attempt);
      return {
        delivered: () => {
          if (seen.attempts.some(({ isDelivered }) => isDelivered)) {
            totals.repeatedBatches++;
            totals.repeatedEvents += seen.numbers.length;
          } else {
            totals.deliveredBatches++;
          }
          attempt.isDelivered = true;
          deliveredAtMs.push(now());
        },
      };
    },
    target: targetOf,
  };
}
