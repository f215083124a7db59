import { setTimeout as delay } from "node:timers/promises";
import { describeOutcome, isSuccess, judge } from "@posthorn/core";
import type { AttemptOutcome, Judgement, RetryRules, TargetAccess, Webhook, WebhookHealth } from "@posthorn/core";
import type { Deliver } from "@posthorn/delivery";
import type { AttemptRecord, Batches, Lane, Leased } from "@posthorn/store";
import { StoreUnavailableError } from "@posthorn/store";
import type { Log, WarnSparingly } from "@posthorn/runtime";
import type { AttemptTracing } from "./trace-attempts.ts";
import { watchText } from "./watch-text.ts";

export interface AttemptDeps {
  readonly batches: Batches;
  readonly deliver: Deliver;
  /** Opens what the target is to be shown; throws when a stored secret cannot be opened. */
  readonly openTarget: (webhook: Webhook, nowMs: number) => TargetAccess;
  readonly rules: RetryRules;
  readonly log: Log;
  readonly warn: WarnSparingly;
  readonly random: () => number;
  /** Told when Posthorn itself decided to make a webhook inactive. */
  readonly deactivate: (webhook: Webhook, reason: string) => Promise<void>;
  /** Told what came of each attempt. */
  readonly onAttempt: (attempt: EndedAttempt) => void;
  /** `undefined` = nothing is traced. */
  readonly tracing: AttemptTracing | undefined;
}

export interface EndedAttempt {
  readonly partition: number;
  readonly lane: Lane;
  readonly leased: Leased;
  /** In one word, of few. */
  readonly outcome: string;
  readonly isSuccess: boolean;
  /** True for a success or failure of the target that counts. */
  readonly isTargets: boolean;
  readonly latencyMs: number;
  /** When it ended, by the clock of Redis. */
  readonly nowMs: number;
}

const RENEW_EVERY_MS = 2_500;
/** For this long the result of an attempt is offered to a Redis that is away; then the lost lease decides. */
const FINISH_PATIENCE_MS = 60_000;

export interface AttemptInput {
  readonly partition: number;
  readonly lane: Lane;
  readonly leased: Leased;
  readonly webhook: Webhook;
  readonly signal: AbortSignal;
  /** It was a job that led to it, which is being worked on. */
  readonly viaJob: boolean;
  /** Who would make the webhook's next attempt at once, asked when this one is over; `undefined` = nobody. */
  readonly nextFor: () => string | undefined;
}

/**
 * Makes the attempt that was claimed, under its lease, and applies what came of it. Resolves to the webhook's next one,
 * claimed likewise, where that was asked for and there is one.
 */
export function makeAttempt(deps: AttemptDeps, input: AttemptInput): Promise<Leased | undefined> {
  const { tracing } = deps;
  return tracing === undefined ? attemptOnce(deps, input) : tracing.traced(input, () => attemptOnce(deps, input));
}

async function attemptOnce(deps: AttemptDeps, input: AttemptInput): Promise<Leased | undefined> {
  const startedAt = performance.now();
  const lease = keepLease(deps, input.partition, input.leased);
  let outcome: AttemptOutcome;
  try {
    outcome = await post(deps, input);
  } finally {
    lease.end();
  }
  // Redis' time at the claim plus what has passed since: a wrong clock of this machine changes nothing.
  const nowMs = input.leased.nowMs + Math.round(performance.now() - startedAt);
  return settle(deps, { ...input, outcome, nowMs });
}

async function post(deps: AttemptDeps, { partition, leased, webhook, signal }: AttemptInput): Promise<AttemptOutcome> {
  let access: TargetAccess;
  try {
    access = deps.openTarget(webhook, leased.nowMs);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "broken", reason: "unreadable", message, latencyMs: 0 };
  }
  const text = watchText(() => deps.batches.read(partition, leased.batch), leased.bodyBytes);
  const outcome = await deps.deliver({
    ...access,
    batchId: leased.batch,
    bodyBytes: leased.bodyBytes,
    body: leased.body?.length === leased.bodyBytes ? leased.body : text.body,
    signal,
    startedAtMs: leased.nowMs,
    traceparent: deps.tracing?.traceparent(),
  });
  return outcome.kind === "broken" && text.isLost() ? { ...outcome, reason: "lost" } : outcome;
}

async function settle(
  deps: AttemptDeps,
  input: AttemptInput & { readonly outcome: AttemptOutcome; readonly nowMs: number },
): Promise<Leased | undefined> {
  const { partition, leased, webhook, outcome, lane } = input;
  const failed = !isSuccess(outcome) && outcome.kind !== "broken";
  let { health, healthRevision } = leased;
  let { nowMs } = input;
  const giveUpAt = performance.now() + FINISH_PATIENCE_MS;
  for (;;) {
    const judgement = judgeBy(deps, leased, outcome, health, nowMs);
    const worker = input.nextFor();
    try {
      const finish = await deps.batches.finish({
        partition,
        batch: leased.batch,
        attempt: leased.attempt,
        health,
        healthRevision,
        judgement,
        judgedAtMs: nowMs,
        failed: failed && judgement.verdict.kind !== "split",
        stalledUpload: outcome.kind === "unreachable" && outcome.stalledUpload,
        record: JSON.stringify(attemptRecord({ ...input, nowMs }, judgement)),
        next: worker === undefined ? undefined : { worker, lane },
      });
      if (finish.kind === "conflict") {
        ({ health, healthRevision, nowMs } = finish);
        continue;
      }
      logAttempt(deps, { ...input, nowMs }, judgement, finish.kind);
      deps.onAttempt({
        partition,
        lane,
        leased,
        outcome: outcomeName(outcome, judgement),
        isSuccess: isSuccess(outcome),
        // A split is no failure, and what came under a lost lease is told by who holds it.
        isTargets:
          outcome.kind !== "broken" &&
          judgement.verdict.kind !== "split" &&
          finish.kind !== "ignored" &&
          finish.kind !== "gone",
        latencyMs: outcome.latencyMs,
        nowMs,
      });
      if (judgement.deactivate !== null) await deps.deactivate(webhook, judgement.deactivate);
      return finish.next;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || performance.now() > giveUpAt) {
        logAttempt(deps, { ...input, nowMs }, judgement, "unrecorded");
        throw error;
      }
      await delay(250);
    }
  }
}

function judgeBy(
  { rules, random }: AttemptDeps,
  leased: Leased,
  outcome: AttemptOutcome,
  health: WebhookHealth,
  nowMs: number,
): Judgement {
  return judge({
    outcome,
    health,
    rules,
    nowMs,
    random: random(),
    batch: {
      id: leased.batch,
      events: leased.events,
      bodyBytes: leased.bodyBytes,
      attempt: leased.attempt,
      failedAttempts: leased.failedAttempts,
      stalledUploads: leased.stalledUploads,
      attemptStartedMs: leased.nowMs,
      expiresAtMs: leased.expiresAtMs,
    },
  });
}

function attemptRecord(
  { leased, lane, outcome, nowMs }: Parameters<typeof settle>[1],
  { verdict }: Judgement,
): AttemptRecord {
  return {
    batch: leased.batch,
    outcome: isSuccess(outcome) ? "delivered" : outcome.kind === "broken" ? "broken" : "failed",
    atMs: nowMs,
    createdAtMs: leased.createdAtMs,
    sealedAtMs: leased.sealedAtMs,
    lane,
    attempt: leased.attempt,
    failedAttempts: leased.failedAttempts,
    events: leased.events,
    bodyBytes: leased.bodyBytes,
    latencyMs: Math.round(outcome.latencyMs),
    ...(outcome.kind === "answered" ? { status: outcome.status, bodyStart: outcome.bodyStart } : {}),
    ...(isSuccess(outcome) ? {} : { message: describeOutcome(outcome) }),
    ...(outcome.kind === "unreachable" ? { errorCode: outcome.errorCode } : {}),
    ...(verdict.kind === "retry" || verdict.kind === "released" ? { nextAttemptAtMs: verdict.dueMs } : {}),
  };
}

function outcomeName(outcome: AttemptOutcome, judgement: Judgement): string {
  if (judgement.verdict.kind === "delivered") return "delivered";
  switch (outcome.kind) {
    case "answered":
      return `status_${Math.floor(outcome.status / 100)}xx`;
    case "unreachable":
      return outcome.reason;
    case "broken":
      return outcome.reason === "ours" ? "broken" : outcome.reason;
  }
}

function logAttempt(
  { log, tracing }: AttemptDeps,
  { leased, webhook, outcome, lane, nowMs }: Parameters<typeof settle>[1],
  judgement: Judgement,
  answer: string,
): void {
  const { verdict } = judgement;
  const fields = {
    webhook: webhook.id,
    host: hostOf(webhook.target),
    batch: leased.batch,
    attempt: leased.attempt,
    lane,
    // Since the batch's first event.
    ageMs: nowMs - leased.createdAtMs,
    events: leased.events,
    bodyBytes: leased.bodyBytes,
    outcome: outcomeName(outcome, judgement),
    verdict: verdict.kind,
    latencyMs: Math.round(outcome.latencyMs),
    ...(outcome.kind === "answered" ? { status: outcome.status } : { error: outcome.message }),
    ...(outcome.kind === "unreachable" ? { errorCode: outcome.errorCode } : {}),
    ...(verdict.kind === "retry" || verdict.kind === "released" ? { nextInMs: verdict.dueMs - nowMs } : {}),
    ...(answer === "applied" ? {} : { answer }),
    ...(judgement.health.failing === null ? {} : { failing: true }),
  };
  if (answer !== "unrecorded") tracing?.ended(leased, fields, nowMs);
  if (verdict.kind === "delivered") log.info(fields, "delivery.attempted");
  else log.warn(fields, "delivery.attempted");
}

/** Of a target only that is told: its path and query may be secrets. */
function hostOf(target: string): string {
  return new URL(target).host;
}

/** Renews the lease while the attempt lasts. A lost lease does not end the POST: its 2xx still counts. */
function keepLease({ batches, log, warn }: AttemptDeps, partition: number, leased: Leased): { end(): void } {
  const renew = async (): Promise<void> => {
    try {
      const held = await batches.renew(partition, leased.batch, leased.attempt);
      if (!held) log.warn({ batch: leased.batch, attempt: leased.attempt }, "lease.lost");
    } catch (error) {
      warn(error, "lease.not-renewed", { batch: leased.batch });
    }
  };
  const timer = setInterval(() => void renew(), RENEW_EVERY_MS);
  return { end: () => clearInterval(timer) };
}
