import type { BatchId } from "@posthorn/core";
import type { AttemptRecord } from "./records.ts";

/** Where a batch may be: the last five are gone. */
export const BATCH_STATES = [
  "open",
  "waiting",
  "scheduled",
  "reserved",
  "in_flight",
  "paused",
  "delivered",
  "expired",
  "overflowed",
  "discarded",
  "split",
] as const;
export type BatchState = (typeof BATCH_STATES)[number];

/** One batch as people see it in a list. */
export interface BatchRow {
  readonly id: BatchId;
  readonly state: BatchState;
  readonly events: number;
  readonly bodyBytes: number;
  readonly attempts: number;
  readonly failedAttempts: number;
  readonly createdAtMs: number;
  readonly sealedAtMs: number | null;
  /** When it is tried again, where a time is set: a probe, a free slot or a person may decide instead. */
  readonly nextAttemptAtMs: number | null;
  /** `null` while its clock stands still or has not begun to run. */
  readonly expiresAtMs: number | null;
  /** When it was delivered, expired, overflowed, split or discarded. */
  readonly endedAtMs: number | null;
  /** What its last attempt came to; `null` when there was none, or when that is no longer known. */
  readonly lastAttempt: Pick<AttemptRecord, "atMs" | "status" | "errorCode" | "message"> | null;
}

/** The state of a batch's webhook, as far as its batches' rows depend on it. */
export interface RowContext {
  readonly nowMs: number;
  /** Nothing is tried: the webhook is paused or inactive, or everything is paused. */
  readonly isStill: boolean;
  readonly isPaused: boolean;
  readonly isFailing: boolean;
  readonly heldUntilMs: number;
  /** All the time that the webhook or everything was paused, which its batches' expiries do not count. */
  readonly pausedMs: number;
}

/** A batch's hash, see the head of `partition.lua`. */
export interface BatchFields {
  readonly state: string;
  readonly events: number;
  readonly bytes: number;
  readonly createdAtMs: number;
  readonly sealedAtMs: number;
  readonly attempts: number;
  readonly failedAttempts: number;
  readonly dueMs: number;
}

const STATES: Readonly<Record<string, BatchState>> = {
  w: "waiting",
  s: "scheduled",
  r: "reserved",
  l: "in_flight",
  p: "paused",
};

/** The row of a sealed batch that is still here. */
export function liveRow(input: {
  readonly id: BatchId;
  readonly batch: BatchFields;
  /** In the webhook's time without its pauses; absent when its clock does not run. */
  readonly expiryMs: number | undefined;
  readonly last: AttemptRecord | undefined;
  readonly context: RowContext;
}): BatchRow {
  const { id, batch, expiryMs, last, context } = input;
  const state = STATES[batch.state];
  if (state === undefined) throw new Error(`batch ${id} has the unknown state ${batch.state}`);
  return {
    id,
    state,
    events: batch.events,
    bodyBytes: batch.bytes + 2,
    attempts: batch.attempts,
    failedAttempts: batch.failedAttempts,
    createdAtMs: batch.createdAtMs,
    sealedAtMs: batch.sealedAtMs,
    nextAttemptAtMs: nextAttemptAtMs(state, batch.dueMs, context),
    expiresAtMs: expiryMs === undefined || context.isPaused ? null : expiryMs + context.pausedMs,
    endedAtMs: null,
    lastAttempt: last === undefined ? null : lastAttemptOf([last]),
  };
}

function nextAttemptAtMs(state: BatchState, dueMs: number, context: RowContext): number | null {
  if (context.isStill) return null;
  if (state === "scheduled") return dueMs;
  // A failing webhook's batches are probed in turn, whoever's turn it is.
  const waitsForHold = state === "waiting" && !context.isFailing && context.heldUntilMs > context.nowMs;
  return waitsForHold ? context.heldUntilMs : null;
}

/** The row of the batch that still collects. */
export function openRow(open: {
  readonly id: BatchId;
  readonly events: number;
  readonly bytes: number;
  readonly openedAtMs: number;
}): BatchRow {
  return {
    id: open.id,
    state: "open",
    events: open.events,
    bodyBytes: open.bytes + 2,
    attempts: 0,
    failedAttempts: 0,
    createdAtMs: open.openedAtMs,
    sealedAtMs: null,
    nextAttemptAtMs: null,
    expiresAtMs: null,
    endedAtMs: null,
    lastAttempt: null,
  };
}

/** The row of a batch that is gone, by its records; `undefined` when they do not tell what became of it. */
export function endedRow(records: readonly AttemptRecord[]): BatchRow | undefined {
  const end = records.at(-1);
  if (end === undefined || end.outcome === "failed" || end.outcome === "broken") return undefined;
  return {
    id: end.batch,
    state: end.outcome,
    events: end.events,
    bodyBytes: end.bodyBytes,
    attempts: end.attempt,
    failedAttempts: end.failedAttempts,
    createdAtMs: end.createdAtMs,
    sealedAtMs: end.sealedAtMs ?? null,
    nextAttemptAtMs: null,
    expiresAtMs: null,
    endedAtMs: end.atMs,
    lastAttempt: lastAttemptOf(records),
  };
}

/** True of records that tell of an attempt; the others tell what became of a batch otherwise. */
export function isAttempt({ outcome }: AttemptRecord): boolean {
  return outcome === "delivered" || outcome === "failed" || outcome === "broken";
}

function lastAttemptOf(records: readonly AttemptRecord[]): BatchRow["lastAttempt"] {
  const last = records.findLast(isAttempt);
  if (last === undefined) return null;
  const { atMs, status, errorCode, message } = last;
  return {
    atMs,
    ...(status === undefined ? {} : { status }),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(message === undefined ? {} : { message }),
  };
}
