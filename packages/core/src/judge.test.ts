import fc from "fast-check";
import { HEALTHY, judge, scheduledDelayMs, splitFloorBytes, withJitter } from "./judge.ts";
import type { RetryRules, TriedBatch, WebhookHealth } from "./judge.ts";
import type { BatchId } from "./ids.ts";
import type { AttemptOutcome, BrokenReason } from "./outcome.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = 1_764_000_000_000;

const RULES: RetryRules = {
  scheduleMs: [MINUTE, 5 * MINUTE, 30 * MINUTE, 60 * MINUTE],
  probeIntervalMaxMs: 5 * MINUTE,
  batchMaxBytes: 10 * 1024 * 1024,
};

const id = (n: number): BatchId => `00000000-0000-5000-8000-${String(n).padStart(12, "0")}` as BatchId;

function batch(changes: Partial<TriedBatch> = {}): TriedBatch {
  return {
    id: id(1),
    events: 10_000,
    bodyBytes: 9_000_000,
    attempt: 1,
    failedAttempts: 0,
    stalledUploads: 0,
    attemptStartedMs: START,
    expiresAtMs: START + 4 * HOUR,
    ...changes,
  };
}

const status = (code: number, retryAfterMs?: number): AttemptOutcome => ({
  kind: "answered",
  status: code,
  headers: {},
  bodyStart: "",
  latencyMs: 5,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const timeout = (stalledUpload: boolean): AttemptOutcome => ({
  kind: "unreachable",
  reason: "timeout",
  errorCode: "ETIMEDOUT",
  message: "",
  latencyMs: 6_000,
  stalledUpload,
});

const broken = (reason: BrokenReason): AttemptOutcome => ({ kind: "broken", reason, message: "", latencyMs: 1 });

const outcomes = fc.oneof(
  fc.integer({ min: 300, max: 599 }).map((code) => status(code)),
  fc
    .tuple(fc.integer({ min: 400, max: 599 }), fc.integer({ min: 0, max: 10 * HOUR }))
    .map(([code, ms]) => status(code, ms)),
  fc.boolean().map(timeout),
);
const anyOutcome = fc.oneof(
  outcomes,
  fc.integer({ min: 200, max: 299 }).map((code) => status(code)),
);

function decide(
  outcome: AttemptOutcome,
  changes: Partial<TriedBatch> = {},
  health = HEALTHY,
  nowMs = START,
  random = 0.5,
) {
  return judge({ outcome, batch: batch(changes), health, rules: RULES, nowMs, random });
}

test("every 2xx delivers, whatever went before", () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 299 }), fc.integer({ min: 0, max: 99 }), (code, failedInRow) => {
      const { verdict, health } = decide(status(code), {}, { ...HEALTHY, failedInRow, firstFailedBatch: id(2) });
      expect(verdict).toEqual({ kind: "delivered" });
      expect(health).toEqual(HEALTHY);
    }),
  );
});

test("a retry is due after its scheduled delay, ten per cent more or less, and never after the expiry", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 20 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 1, max: 4 * HOUR }),
      (failedAttempts, random, leftMs) => {
        const expiresAtMs = START + leftMs;
        const { verdict } = decide(status(500), { failedAttempts, expiresAtMs }, HEALTHY, START, random);
        if (verdict.kind !== "retry") throw new Error(`not a retry but ${verdict.kind}`);
        const delayMs = scheduledDelayMs(RULES.scheduleMs, failedAttempts);
        expect(verdict.dueMs).toBeLessThanOrEqual(Math.min(expiresAtMs, START + delayMs * 1.1 + 1));
        expect(verdict.dueMs).toBeGreaterThanOrEqual(Math.min(expiresAtMs, START + delayMs * 0.9 - 1));
      },
    ),
  );
});

test("over four simulated hours a refused batch is tried eight times, the last time at its expiry", () => {
  let nowMs = START;
  const triedAtMinutes: number[] = [];
  for (let failedAttempts = 0; ; failedAttempts++) {
    triedAtMinutes.push((nowMs - START) / MINUTE);
    const { verdict } = decide(status(500), { failedAttempts }, HEALTHY, nowMs);
    if (verdict.kind === "expired") break;
    if (verdict.kind !== "retry") throw new Error(verdict.kind);
    nowMs = verdict.dueMs;
  }
  expect(triedAtMinutes).toEqual([0, 1, 6, 36, 96, 156, 216, 240]);
});

test("whatever a target answers, a batch that is tried when due expires within four hours", () => {
  fc.assert(
    fc.property(fc.array(outcomes, { minLength: 1, maxLength: 8 }), (answers) => {
      let nowMs = START;
      for (let failedAttempts = 0; failedAttempts < 100; failedAttempts++) {
        const outcome = answers[failedAttempts % answers.length] ?? status(500);
        const { verdict } = decide(outcome, { failedAttempts, events: 1 }, HEALTHY, nowMs);
        if (verdict.kind === "expired") return;
        if (verdict.kind !== "retry") throw new Error(verdict.kind);
        nowMs = verdict.dueMs;
        expect(nowMs).toBeLessThanOrEqual(START + 4 * HOUR);
      }
      throw new Error("never expired");
    }),
  );
});

test("three failures of one batch do not make a webhook failing; the third over two batches does", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 12 }), (ids) => {
      let health: WebhookHealth = HEALTHY;
      ids.forEach((n, index) => {
        const result = decide(status(500), { id: id(n) }, health);
        health = result.health;
        const several = new Set(ids.slice(0, index + 1)).size > 1;
        expect(health.failing !== null).toBe(index + 1 >= 3 && several);
        expect(result.verdict.kind).toBe(health.failing === null ? "retry" : "held-back");
      });
    }),
  );
});

test("a single success between failures starts the count anew", () => {
  fc.assert(
    fc.property(fc.array(anyOutcome, { maxLength: 30 }), (answers) => {
      let health: WebhookHealth = HEALTHY;
      let inRow = 0;
      answers.forEach((outcome, index) => {
        const result = decide(outcome, { id: id(index), events: 1 }, health);
        inRow = result.verdict.kind === "delivered" ? 0 : inRow + 1;
        health = result.health;
        expect(health.failedInRow).toBe(inRow);
        expect(health.failing !== null).toBe(inRow >= 3);
      });
    }),
  );
});

test("probes are never further apart than the interval, unless the target asked for more", () => {
  let health: WebhookHealth = HEALTHY;
  for (let n = 0; n < 3; n++) health = decide(status(500), { id: id(n) }, health).health;
  let nowMs = START;
  const gaps: number[] = [];
  for (let n = 0; n < 6; n++) {
    const dueMs = health.failing?.probeDueMs ?? 0;
    gaps.push((dueMs - nowMs) / MINUTE);
    nowMs = dueMs;
    health = decide(status(500), { id: id(n), attemptStartedMs: nowMs }, health, nowMs).health;
  }
  expect(gaps).toEqual([1, 5, 5, 5, 5, 5]);
  const held = decide(status(503, 30 * MINUTE), { attemptStartedMs: nowMs }, health, nowMs).health;
  expect(held.failing?.probeDueMs).toBe(nowMs + 30 * MINUTE);
});

test("an attempt that was under way when failing began is no probe", () => {
  let health: WebhookHealth = HEALTHY;
  for (let n = 0; n < 3; n++) health = decide(status(500), { id: id(n) }, health, START + 10).health;
  const after = decide(status(500), { id: id(9), attemptStartedMs: START }, health, START + 500).health;
  expect(after.failing).toEqual(health.failing);
});

test("Retry-After stretches a delay and holds the webhook for an hour at most", () => {
  const { verdict, health } = decide(status(429, 2 * HOUR));
  expect(verdict).toEqual({ kind: "retry", dueMs: START + 2 * HOUR });
  expect(health.heldUntilMs).toBe(START + HOUR);
});

test("a 413 splits, halves the seal size and is no failure, down to a 64th of the size", () => {
  const { verdict, health } = decide(status(413));
  expect(verdict).toEqual({ kind: "split" });
  expect(health).toEqual({ ...HEALTHY, sealBytes: 4_500_000, sealBytesUntilMs: START + 24 * HOUR });
  expect(decide(status(413), { events: 1 }).verdict.kind).toBe("retry");
  expect(decide(status(413), { bodyBytes: splitFloorBytes(RULES.batchMaxBytes) }).verdict.kind).toBe("retry");
});

test("the second time-out of a stalled upload splits, the first and a slow store do not", () => {
  expect(decide(timeout(true)).verdict.kind).toBe("retry");
  expect(decide(timeout(true), { stalledUploads: 1 }).verdict.kind).toBe("split");
  expect(decide(timeout(false), { stalledUploads: 1 }).verdict.kind).toBe("retry");
});

test("three answers 410, fifty seconds apart, deactivate; another answer between starts the count anew", () => {
  let health: WebhookHealth = HEALTHY;
  let nowMs = START;
  const gone = (afterMs: number, code = 410) => {
    nowMs += afterMs;
    const result = decide(status(code), { expiresAtMs: nowMs + HOUR }, health, nowMs);
    health = result.health;
    return result.deactivate;
  };
  expect([gone(0), gone(10_000), gone(50_000), gone(50_000, 500), gone(50_000), gone(50_000)]).toEqual(
    Array(6).fill(null),
  );
  expect(gone(50_000)).toMatch(/410/);
});

test("an attempt that our own store broke changes nothing but the time of the next one", () => {
  const health: WebhookHealth = { ...HEALTHY, failedInRow: 2, firstFailedBatch: id(5) };
  const result = decide(broken("ours"), { expiresAtMs: START - 1 }, health);
  expect(result.verdict.kind).toBe("released");
  expect(result.health).toBe(health);
});

test("secrets that cannot be opened hold the webhook for a minute, until its batches expire", () => {
  const { verdict, health } = decide(broken("unreadable"));
  expect(verdict).toEqual({ kind: "held-back" });
  expect(health).toEqual({ ...HEALTHY, heldUntilMs: START + MINUTE, unreadableSinceMs: START });
  const later = decide(broken("unreadable"), { expiresAtMs: START + MINUTE }, health, START + MINUTE);
  expect(later.verdict).toEqual({ kind: "expired" });
  expect(later.health).toEqual({ ...health, heldUntilMs: START + 2 * MINUTE });
  // What could be opened says so, whatever it came to; the row of failures has not changed.
  const opened = [status(200), status(500), status(413), broken("ours"), broken("lost")].map(
    (outcome) => decide(outcome, {}, health).health,
  );
  expect(opened.map(({ unreadableSinceMs }) => unreadableSinceMs)).toEqual([0, 0, 0, 0, 0]);
  expect(opened.map(({ failedInRow }) => failedInRow)).toEqual([0, 1, 0, 0, 0]);
});

test("secrets that cannot be opened move the next probe of a failing webhook", () => {
  const failing = { sinceMs: START - HOUR, probes: 3, probeDueMs: START, lastProbeMs: START - 5 * MINUTE };
  const { verdict, health } = decide(broken("unreadable"), {}, { ...HEALTHY, failedInRow: 6, failing });
  expect(verdict).toEqual({ kind: "held-back" });
  expect(health.failing).toEqual({ ...failing, probeDueMs: START + MINUTE });
});

test("a batch whose text is lost follows its schedule until it expires, and its webhook's health stays as it is", () => {
  const health: WebhookHealth = { ...HEALTHY, failedInRow: 2, firstFailedBatch: id(5) };
  let nowMs = START;
  const triedAtMinutes: number[] = [];
  for (let attempt = 1; ; attempt++) {
    triedAtMinutes.push((nowMs - START) / MINUTE);
    const result = decide(broken("lost"), { attempt }, health, nowMs);
    expect(result.health).toBe(health);
    if (result.verdict.kind === "expired") break;
    if (result.verdict.kind !== "retry") throw new Error(result.verdict.kind);
    nowMs = result.verdict.dueMs;
  }
  expect(triedAtMinutes).toEqual([0, 1, 6, 36, 96, 156, 216, 240]);
  const failing = { sinceMs: START - HOUR, probes: 3, probeDueMs: START, lastProbeMs: START - 5 * MINUTE };
  const probed = decide(broken("lost"), {}, { ...health, failing });
  expect(probed.verdict).toEqual({ kind: "released", dueMs: START + 1_000 });
});

test("jitter stays within ten per cent", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: HOUR }), fc.double({ min: 0, max: 1, noNaN: true }), (delayMs, random) => {
      expect(Math.abs(withJitter(delayMs, random) - delayMs)).toBeLessThanOrEqual(delayMs / 10 + 1);
    }),
  );
});
