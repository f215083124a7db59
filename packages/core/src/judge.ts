import type { BatchId } from "./ids.ts";
import { isSuccess } from "./outcome.ts";
import type { AttemptOutcome, BrokenReason } from "./outcome.ts";

/** A webhook that refuses everything: its batches have no schedule of their own, one probe at a time goes out. */
export interface Failing {
  readonly sinceMs: number;
  /** Probes made since then. */
  readonly probes: number;
  readonly probeDueMs: number;
  readonly lastProbeMs: number;
}

/** What the attempts so far say of a webhook's target. Stored beside the webhook's batches. */
export interface WebhookHealth {
  /** Failed attempts in a row, with no success between. */
  readonly failedInRow: number;
  /** The batch that opened the row, and whether another one has failed in it. */
  readonly firstFailedBatch: BatchId | null;
  readonly severalBatchesFailed: boolean;
  readonly failing: Failing | null;
  /** `Retry-After`, or secrets that cannot be opened: nothing but last tries before this; 0 = not held. */
  readonly heldUntilMs: number;
  /** Answers 410 in a row, each at least 50 s after the one before. */
  readonly goneInRow: number;
  readonly lastGoneMs: number;
  /** The largest body a batch is sealed at since a 413; 0 = the configured size. */
  readonly sealBytes: number;
  readonly sealBytesUntilMs: number;
  /** Since when its stored secrets cannot be opened; 0 = they can, as far as is known. */
  readonly unreadableSinceMs: number;
}

export const HEALTHY: WebhookHealth = {
  failedInRow: 0,
  firstFailedBatch: null,
  severalBatchesFailed: false,
  failing: null,
  heldUntilMs: 0,
  goneInRow: 0,
  lastGoneMs: 0,
  sealBytes: 0,
  sealBytesUntilMs: 0,
  unreadableSinceMs: 0,
};

/** The batch that was just tried. */
export interface TriedBatch {
  readonly id: BatchId;
  readonly events: number;
  readonly bodyBytes: number;
  /** The number of this attempt, from 1; some of those before may have been no failures. */
  readonly attempt: number;
  /** Failed attempts before this one. */
  readonly failedAttempts: number;
  /** Time-outs before this one in which the target was too slow to take the body. */
  readonly stalledUploads: number;
  readonly attemptStartedMs: number;
  readonly expiresAtMs: number;
}

export interface RetryRules {
  /** Delays after the first, second, … failed attempt; the last one repeats. */
  readonly scheduleMs: readonly number[];
  readonly probeIntervalMaxMs: number;
  readonly batchMaxBytes: number;
}

export type Verdict =
  | { readonly kind: "delivered" }
  /** Our own store or process failed: tried again soon, and no failure of the target. */
  | { readonly kind: "released"; readonly dueMs: number }
  /** Follows its own schedule. */
  | { readonly kind: "retry"; readonly dueMs: number }
  /** The webhook is failing: waits for a probe's success, or to be a probe itself. */
  | { readonly kind: "held-back" }
  | { readonly kind: "split" }
  | { readonly kind: "expired" };

export interface Judgement {
  readonly verdict: Verdict;
  readonly health: WebhookHealth;
  /** What waits is due at once, oldest first: the webhook has just stopped failing. */
  readonly drain: boolean;
  /** Set when the webhook is to be made inactive, with the reason in words. */
  readonly deactivate: string | null;
}

const FAILED_IN_ROW_MIN = 3;
const HOLD_MAX_MS = 3_600_000;
const GONE_IN_ROW = 3;
const GONE_APART_MS = 50_000;
const SEAL_BYTES_FOR_MS = 24 * 3_600_000;
/** Below this share of the configured size a 413 is an ordinary failure. */
const SPLIT_FLOOR_SHARE = 64;
const BROKEN_DELAY_MS = 1_000;
/** Secrets that cannot be opened wait for an operator; each look at them costs an attempt. */
const UNREADABLE_HOLD_MS = 60_000;

/** Spreads a delay by ±10 %, so that what failed together is not tried together. `random` is in [0, 1). */
export function withJitter(delayMs: number, random: number): number {
  return Math.round(delayMs * (0.9 + 0.2 * random));
}

/** The delay after the failed attempt number `index`, counted from 0; the schedule's last delay repeats. */
export function scheduledDelayMs(scheduleMs: readonly number[], index: number): number {
  return scheduleMs[Math.min(index, scheduleMs.length - 1)] ?? 60_000;
}

/** The share of `BATCH_MAX_BYTES` from which down nothing is split any more. */
export function splitFloorBytes(batchMaxBytes: number): number {
  return Math.ceil(batchMaxBytes / SPLIT_FLOOR_SHARE);
}

/** Decides what an attempt's outcome means for the batch and for its webhook. Pure: `nowMs` and `random` are given. */
export function judge(input: {
  readonly outcome: AttemptOutcome;
  readonly batch: TriedBatch;
  readonly health: WebhookHealth;
  readonly rules: RetryRules;
  readonly nowMs: number;
  readonly random: number;
}): Judgement {
  const { outcome } = input;
  if (outcome.kind === "broken") return judgeBroken(outcome.reason, input);
  return judgeTarget({ ...input, health: opened(input.health) });
}

/** That of a webhook whose secrets have just been opened. */
function opened(health: WebhookHealth): WebhookHealth {
  return health.unreadableSinceMs === 0 ? health : { ...health, unreadableSinceMs: 0 };
}

function judgeTarget(input: Parameters<typeof judge>[0]): Judgement {
  const { outcome, batch, health, rules, nowMs } = input;
  if (isSuccess(outcome)) {
    const { sealBytes, sealBytesUntilMs } = health;
    return {
      verdict: { kind: "delivered" },
      health: { ...HEALTHY, sealBytes, sealBytesUntilMs },
      drain: health.failing !== null,
      deactivate: null,
    };
  }
  if (isTooLarge(input)) {
    const sealBytes = Math.max(splitFloorBytes(rules.batchMaxBytes), Math.floor(batch.bodyBytes / 2));
    const current = health.sealBytesUntilMs > nowMs && health.sealBytes > 0 ? health.sealBytes : Infinity;
    return {
      verdict: { kind: "split" },
      health: { ...health, sealBytes: Math.min(sealBytes, current), sealBytesUntilMs: nowMs + SEAL_BYTES_FOR_MS },
      drain: false,
      deactivate: null,
    };
  }
  return judgeFailure(input);
}

function judgeBroken(reason: BrokenReason, input: Parameters<typeof judge>[0]): Judgement {
  const unchanged = { health: opened(input.health), drain: false, deactivate: null };
  switch (reason) {
    case "ours":
      return { ...unchanged, verdict: { kind: "released", dueMs: input.nowMs + BROKEN_DELAY_MS } };
    case "lost":
      return { ...unchanged, verdict: lostVerdict(input) };
    case "unreadable":
      return judgeUnreadable(input);
  }
}

/** The webhook is held: none of its batches could be sent. */
function judgeUnreadable({ batch, health, nowMs }: Parameters<typeof judge>[0]): Judgement {
  const heldUntilMs = Math.max(health.heldUntilMs, nowMs + UNREADABLE_HOLD_MS);
  const { failing, unreadableSinceMs } = health;
  return {
    verdict: { kind: nowMs >= batch.expiresAtMs ? "expired" : "held-back" },
    health: {
      ...health,
      heldUntilMs,
      unreadableSinceMs: unreadableSinceMs === 0 ? nowMs : unreadableSinceMs,
      failing: failing === null ? null : { ...failing, probeDueMs: Math.max(failing.probeDueMs, heldUntilMs) },
    },
    drain: false,
    deactivate: null,
  };
}

function lostVerdict({ batch, health, rules, nowMs, random }: Parameters<typeof judge>[0]): Verdict {
  // Whoever has a copy of Redis' data may bring it back until then.
  if (nowMs >= batch.expiresAtMs) return { kind: "expired" };
  // The next probe takes another batch.
  if (health.failing !== null) return { kind: "released", dueMs: nowMs + BROKEN_DELAY_MS };
  const delayMs = withJitter(scheduledDelayMs(rules.scheduleMs, batch.attempt - 1), random);
  return { kind: "retry", dueMs: Math.min(nowMs + delayMs, batch.expiresAtMs) };
}

function isTooLarge({ outcome, batch, health, rules }: Parameters<typeof judge>[0]): boolean {
  if (batch.events < 2 || batch.bodyBytes <= splitFloorBytes(rules.batchMaxBytes)) return false;
  if (outcome.kind === "answered") return outcome.status === 413;
  return (
    outcome.kind === "unreachable" && outcome.stalledUpload && batch.stalledUploads >= 1 && health.failing === null
  );
}

function judgeFailure({ outcome, batch, health, rules, nowMs, random }: Parameters<typeof judge>[0]): Judgement {
  const retryAfterMs = outcome.kind === "answered" ? (outcome.retryAfterMs ?? 0) : 0;
  const heldUntilMs = Math.max(health.heldUntilMs, retryAfterMs > 0 ? nowMs + Math.min(retryAfterMs, HOLD_MAX_MS) : 0);
  const isGone = outcome.kind === "answered" && outcome.status === 410;
  const countsAsGone = isGone && nowMs - health.lastGoneMs >= GONE_APART_MS;
  const goneInRow = isGone ? health.goneInRow + (countsAsGone ? 1 : 0) : 0;

  const firstFailedBatch = health.firstFailedBatch ?? batch.id;
  const failedInRow = health.failedInRow + 1;
  const severalBatchesFailed = health.severalBatchesFailed || firstFailedBatch !== batch.id;
  const failing = nextFailing({
    failing: health.failing,
    startsNow: failedInRow >= FAILED_IN_ROW_MIN && severalBatchesFailed,
    attemptStartedMs: batch.attemptStartedMs,
    heldUntilMs,
    rules,
    nowMs,
    random,
  });
  return {
    verdict: failureVerdict(failing !== null),
    health: {
      ...health,
      failedInRow,
      firstFailedBatch,
      severalBatchesFailed,
      failing,
      heldUntilMs,
      goneInRow,
      lastGoneMs: countsAsGone ? nowMs : health.lastGoneMs,
    },
    drain: false,
    deactivate: goneInRow >= GONE_IN_ROW ? "the target answered 410 Gone three times in a row" : null,
  };

  function failureVerdict(isFailing: boolean): Verdict {
    if (nowMs >= batch.expiresAtMs) return { kind: "expired" };
    if (isFailing) return { kind: "held-back" };
    const delayMs = withJitter(scheduledDelayMs(rules.scheduleMs, batch.failedAttempts), random);
    return { kind: "retry", dueMs: Math.min(nowMs + Math.max(delayMs, retryAfterMs), batch.expiresAtMs) };
  }
}

function nextFailing(input: {
  readonly failing: Failing | null;
  readonly startsNow: boolean;
  readonly attemptStartedMs: number;
  readonly heldUntilMs: number;
  readonly rules: RetryRules;
  readonly nowMs: number;
  readonly random: number;
}): Failing | null {
  const { failing, startsNow, heldUntilMs, rules, nowMs, random } = input;
  if (failing === null && !startsNow) return null;
  // An attempt that was already under way when the webhook began to fail is no probe and moves no probe.
  const isProbe = failing !== null && input.attemptStartedMs >= failing.sinceMs;
  if (failing !== null && !isProbe) {
    return { ...failing, probeDueMs: Math.max(failing.probeDueMs, heldUntilMs) };
  }
  const probes = failing === null ? 0 : failing.probes + 1;
  const delayMs = Math.min(withJitter(scheduledDelayMs(rules.scheduleMs, probes), random), rules.probeIntervalMaxMs);
  return {
    sinceMs: failing?.sinceMs ?? nowMs,
    probes,
    probeDueMs: Math.max(nowMs + delayMs, heldUntilMs),
    lastProbeMs: nowMs,
  };
}
