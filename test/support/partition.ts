import { randomUUID } from "node:crypto";
import { isSuccess, judge, WEBHOOK_DEFAULTS } from "@posthorn/core";
import type { AttemptOutcome, BatchId, Chunk, RequestId, RetryRules, Webhook, WebhookId } from "@posthorn/core";
import type { AppendAnswer } from "../../packages/store/src/append-request.ts";
import { createArchive } from "../../packages/store/src/archive.ts";
import type { Archive } from "../../packages/store/src/archive.ts";
import { createBatches } from "../../packages/store/src/batches.ts";
import type { Batches } from "../../packages/store/src/batches.ts";
import type { RedisClient } from "../../packages/store/src/connect.ts";
import { createKeys } from "../../packages/store/src/keys.ts";
import type { Keys } from "../../packages/store/src/keys.ts";
import type { PartitionLimits } from "../../packages/store/src/limits.ts";
import { createPacking } from "../../packages/store/src/pack-cold.ts";
import type { Packing } from "../../packages/store/src/pack-cold.ts";
import type { Hint, Note } from "../../packages/store/src/partition-script.ts";
import { createPauseAll } from "../../packages/store/src/pause-all.ts";
import type { PauseAll } from "../../packages/store/src/pause-all.ts";
import type { AttemptRecord } from "../../packages/store/src/records.ts";
import type { Leased } from "../../packages/store/src/leased.ts";
import type { Claim } from "../../packages/store/src/scripts/claim-batch.ts";
import { auditPartition } from "./audit-partition.ts";

export const LIMITS: PartitionLimits = {
  maxEvents: 10,
  maxBytes: 100_000,
  maxWaitMs: 30_000,
  expiryMs: 4 * 3_600_000,
  concurrency: 2,
  probeMaxMs: 300_000,
  leaseMs: 8_000,
  reservationMs: 5_000,
};

export const RULES: RetryRules = {
  scheduleMs: [60_000, 300_000, 1_800_000, 3_600_000],
  probeIntervalMaxMs: 300_000,
  batchMaxBytes: 100_000,
};

export const OK: AttemptOutcome = { kind: "answered", status: 200, headers: {}, bodyStart: "", latencyMs: 1 };
export const answered = (status: number, retryAfterMs?: number): AttemptOutcome => ({
  ...OK,
  kind: "answered",
  status,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
export const REFUSED: AttemptOutcome = {
  kind: "unreachable",
  reason: "connect",
  errorCode: "ECONNREFUSED",
  message: "refused",
  latencyMs: 1,
  stalledUpload: false,
};

/** `{"n":0}`, `{"n":1}`, … */
export const numbered = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `{"n":${from + index}}`);

export function chunkOf(texts: readonly string[]): Chunk {
  const ends = Buffer.alloc(texts.length * 4);
  let end = -1;
  for (const [index, text] of texts.entries()) {
    end += 1 + Buffer.byteLength(text);
    ends.writeUInt32LE(end, index * 4);
  }
  return { data: Buffer.from(texts.join(",")), ends, events: texts.length };
}

const NEVER = new AbortController().signal;

function recordOf(leased: Leased, outcome: AttemptOutcome, atMs: number): AttemptRecord {
  const { batch, createdAtMs, sealedAtMs, attempt, failedAttempts, events, bodyBytes } = leased;
  const told = { batch, createdAtMs, sealedAtMs, attempt, failedAttempts, events, bodyBytes };
  return {
    ...told,
    outcome: isSuccess(outcome) ? "delivered" : outcome.kind === "broken" ? "broken" : "failed",
    atMs,
    latencyMs: outcome.latencyMs,
    ...(outcome.kind === "answered" ? { status: outcome.status, bodyStart: outcome.bodyStart } : {}),
    ...(outcome.kind === "unreachable" ? { errorCode: outcome.errorCode, message: outcome.message } : {}),
  };
}

/** One partition on a real Redis, in a namespace of its own, with a clock that the test moves and jobs that it keeps. */
export interface PartitionHarness {
  readonly batches: Batches;
  readonly packing: Packing;
  readonly pauseAll: PauseAll;
  /** As of one worker. */
  archive(worker?: string): Archive;
  readonly keys: Keys;
  readonly notes: Note[];
  /** Jobs that were asked for and not taken yet. */
  readonly hints: Hint[];
  /** Of which a batch was closed that has to wait, each time. */
  readonly waiting: WebhookId[];
  now(): number;
  /** Lets time pass. */
  jump(ms: number): void;
  /** Lets time pass and does what has become due. */
  pass(ms: number): Promise<void>;
  webhook(changes?: Partial<Webhook>): Promise<WebhookId>;
  configure(id: WebhookId, changes: Partial<Webhook>, drain?: boolean): Promise<void>;
  send(webhooks: readonly WebhookId[], texts: readonly string[], requestId?: string): Promise<AppendAnswer>;
  /** Takes the next job and claims its batch. */
  claimNext(): Promise<Claim>;
  /** The same, passing over jobs that are out of date. */
  leaseNext(): Promise<Leased>;
  finish(leased: Leased, outcome: AttemptOutcome, goOn?: (next: Leased) => void): Promise<string>;
  body(batch: BatchId): Promise<string>;
  /** Packs what is cold by now, as a worker would; `signal` cuts that short. */
  pack(signal?: AbortSignal): Promise<void>;
  /** Makes every attempt that is due, answering as told; resolves to the batches tried, in order. */
  tryAll(answer: (leased: Leased) => AttemptOutcome): Promise<Leased[]>;
  /** What is wrong in the partition, in words, by an inspection that trusts no script. */
  audit(): Promise<string[]>;
  /** The sealed batches of a webhook, whatever their state. */
  sealed(webhook: WebhookId): Promise<BatchId[]>;
  /** Keys left in the namespace, without marks, records and their account. */
  remains(): Promise<string[]>;
}

export function createPartition(redis: RedisClient, changes: Partial<PartitionLimits> = {}): PartitionHarness {
  const keys = createKeys(`t${randomUUID()}`);
  const limits = { ...LIMITS, ...changes };
  const notes: Note[] = [];
  const hints: Hint[] = [];
  const waiting: WebhookId[] = [];
  const revisions = new Map<WebhookId, Webhook>();
  let nowMs = 1_764_000_000_000;
  const context = { redis, keys, limits, nowMs: () => nowMs };
  const packing = createPacking(context);
  const pauseAll = createPauseAll({ context, partitions: async () => [0] });
  const batches = createBatches({
    context,
    producer: {
      add: async (_, added) => {
        for (const hint of added) hints.push(hint.delayMs > 0 ? { ...hint, delayMs: nowMs + hint.delayMs } : hint);
      },
      withoutJob: async (_, overdue) =>
        overdue.filter(
          ({ batch, attempt, hint }) =>
            !hints.some((known) => known.batch === batch && known.attempt === attempt && known.hint === hint),
        ),
      afterClockJump: async () => undefined,
      close: async () => undefined,
    },
    onNote: (note) => notes.push(note),
    onWaiting: ({ webhook }) => waiting.push(webhook),
    onLostHints: (error) => {
      throw error;
    },
  });

  const harness: PartitionHarness = {
    batches,
    packing,
    pauseAll,
    archive: (worker = "test") => createArchive({ context, worker, onNote: (note) => notes.push(note) }),
    keys,
    notes,
    hints,
    waiting,
    now: () => nowMs,
    jump: (ms) => {
      nowMs += ms;
    },
    pass: async (ms) => {
      harness.jump(ms);
      while (await batches.tick(0));
    },
    webhook: async (own = {}) => {
      const id = randomUUID() as WebhookId;
      await harness.configure(id, own);
      return id;
    },
    configure: async (id, own, drain = false) => {
      const before = revisions.get(id);
      const webhook: Webhook = {
        id,
        partition: 0,
        name: "test",
        target: "http://127.0.0.1:9",
        events: ["delivery"],
        ...WEBHOOK_DEFAULTS,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
        ...before,
        ...own,
        revision: (before?.revision ?? 0) + 1,
      };
      revisions.set(id, webhook);
      await batches.configure(webhook, { drain });
    },
    send: (webhooks, texts, requestId = randomUUID()) =>
      batches.append({
        partition: 0,
        requestId: requestId as RequestId,
        doneTtlMs: 60_000,
        groups: [{ webhooks, chunks: [chunkOf(texts)] }],
      }),
    claimNext: async () => {
      const index = hints.findIndex((hint) => hint.delayMs <= nowMs);
      const [hint] = index < 0 ? [] : hints.splice(index, 1);
      if (hint === undefined) throw new Error("no job is due");
      return batches.claim(0, { ...hint, worker: "test" });
    },
    leaseNext: async () => {
      for (;;) {
        const claim = await harness.claimNext();
        if (claim.kind === "leased") return claim;
      }
    },
    finish: async (leased, outcome, goOn) => {
      let { health, healthRevision } = leased;
      for (;;) {
        const judgement = judge({
          outcome,
          health,
          rules: RULES,
          nowMs,
          random: 0.5,
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
        const { kind } = judgement.verdict;
        const finish = await batches.finish({
          partition: 0,
          batch: leased.batch,
          attempt: leased.attempt,
          health,
          healthRevision,
          judgement,
          judgedAtMs: nowMs,
          failed: outcome.kind !== "broken" && (kind === "retry" || kind === "held-back" || kind === "expired"),
          stalledUpload: outcome.kind === "unreachable" && outcome.stalledUpload,
          record: JSON.stringify(recordOf(leased, outcome, nowMs)),
          next: goOn === undefined ? undefined : { worker: "test", lane: "fresh" },
        });
        if (finish.kind !== "conflict") {
          if (finish.next !== undefined) goOn?.(finish.next);
          return finish.kind;
        }
        ({ health, healthRevision } = finish);
      }
    },
    body: async (batch) => {
      const parts: Buffer[] = [];
      for await (const part of batches.read(0, batch)) parts.push(part);
      return Buffer.concat(parts).toString();
    },
    pack: async (signal = NEVER) => {
      while (await packing.isDue(0)) while (await packing.packNext(0, signal));
    },
    tryAll: async (answer) => {
      const tried: Leased[] = [];
      while (hints.some((hint) => hint.delayMs <= nowMs)) {
        const claim = await harness.claimNext();
        if (claim.kind !== "leased") continue;
        tried.push(claim);
        await harness.finish(claim, answer(claim));
      }
      return tried;
    },
    audit: () => auditPartition(redis, keys, { concurrency: limits.concurrency, webhooks: [...revisions.keys()] }),
    sealed: async (webhook) => {
      const names = keys.partition(0);
      const sets = [names.ready, names.scheduled, names.slots, names.parked];
      const ids = await Promise.all(sets.map((set) => redis.zrange(set(webhook), "0", "-1")));
      return ids.flat().toSorted() as BatchId[];
    },
    remains: async () => {
      const found = await redis.keys(`{${keys.namespace}:p0}*`);
      const names = found.map((key) => key.slice(key.indexOf("}") + 2));
      // Deadlines of records go when these do.
      const due = await redis.zrange(keys.partition(0).wake, "0", "-1");
      const isIdle = due.every((member) => member.startsWith("records:"));
      return names.filter(
        (key) => !/^[dakho]:|^usage$|^records$|^futile$|^pause$|^archiver$/.test(key) && !(isIdle && key === "wake"),
      );
    },
  };
  return harness;
}
