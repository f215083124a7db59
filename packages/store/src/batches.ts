import type { BatchId, Webhook, WebhookId } from "@posthorn/core";
import type { Append, AppendAnswer, AppendRequest } from "./append-request.ts";
import { createBatchActions } from "./batch-actions.ts";
import type { BatchActions, WebhookPlace } from "./batch-actions.ts";
import { readBatchTraces } from "./batch-traces.ts";
import { readBatchBody } from "./chunk-reader.ts";
import type { RedisClient } from "./connect.ts";
import type { PartitionApplier } from "./definitions.ts";
import { JobsNotAddedError } from "./lanes.ts";
import type { LaneProducer } from "./lanes.ts";
import { redisNowMs } from "./masters.ts";
import type {
  Hint,
  Note,
  OverdueReservation,
  PartitionContext,
  PartitionReply,
  SealCounts,
} from "./partition-script.ts";
import { limitsOf } from "./partition-script.ts";
import { afterClockJump } from "./scripts/after-clock-jump.ts";
import { append } from "./scripts/append.ts";
import { calmPartition } from "./scripts/calm-partition.ts";
import { claimBatch } from "./scripts/claim-batch.ts";
import type { Claim } from "./scripts/claim-batch.ts";
import { configureWebhook } from "./scripts/configure-webhook.ts";
import { finishAttempt } from "./scripts/finish-attempt.ts";
import type { Finish, FinishRequest } from "./scripts/finish-attempt.ts";
import { forgetWebhook } from "./scripts/forget-webhook.ts";
import { renewHint } from "./scripts/renew-hint.ts";
import { renewLease } from "./scripts/renew-lease.ts";
import { tickPartition } from "./scripts/tick-partition.ts";
import { asUnavailable, guarded } from "./unavailable.ts";

/** Everything that is done with batches: each operation is one atomic script, then the jobs that it asked for. */
export interface Batches extends PartitionApplier, BatchActions {
  readonly append: Append;
  /** The same on a connection of the caller's, who wants to wait there for more than Redis' answer. */
  appendOn(redis: RedisClient, request: AppendRequest): Promise<AppendAnswer>;
  claim(
    partition: number,
    job: { readonly batch: BatchId; readonly attempt: number; readonly hint: number; readonly worker: string },
  ): Promise<Claim>;
  renew(partition: number, batch: BatchId, attempt: number): Promise<boolean>;
  finish(request: FinishRequest): Promise<Finish>;
  /** The traces of requests that a batch has events of, see `readBatchTraces`. */
  traces(partition: number, batch: BatchId): Promise<string[]>;
  /** The body of a batch, streamed. */
  read(partition: number, batch: BatchId): AsyncGenerator<Buffer>;
  /** Looks at what is due next in the partition; a read only. */
  isDue(partition: number): Promise<boolean>;
  /** Does a slice of what is due; resolves to true when more is. */
  tick(partition: number): Promise<boolean>;
  /** Has nothing of the partition deleted for its expiry for `calmMs` from now: the clock of Redis has jumped. */
  calm(partition: number, calmMs: number): Promise<void>;
  /** The clock of Redis was set back: nothing waits until the time is reached again. */
  bringBack(partition: number, backMs: number): Promise<void>;
  /** Resolves when the jobs of everything that was stored so far have been added, or lost. */
  settled(): Promise<void>;
}

/** A jump is rare, and Redis must not be kept busy for long. */
const BROUGHT_BACK_AT_ONCE = 50;

interface BatchesOptions {
  readonly context: PartitionContext;
  readonly producer: Omit<LaneProducer, "queue">;
  readonly onNote: (note: Note, partition: number) => void;
  readonly onSealed?: ((counts: SealCounts) => void) | undefined;
  /** So many notices found no place. */
  readonly onUntold?: ((notices: number) => void) | undefined;
  /** A batch of the webhook was closed that is not tried soon. */
  readonly onWaiting?: ((place: WebhookPlace) => void) | undefined;
  /** Jobs could not be added; their reservations will be found overdue. */
  readonly onLostHints: (error: unknown, hints: readonly Hint[]) => void;
  /**
   * Takes a batch at once and without a job, when there is room for its attempt: asked for what no job can be added for,
   * and for what nobody has taken in time. A job that turns up all the same finds nothing to claim.
   */
  readonly take?: ((partition: number, reservation: OverdueReservation) => boolean) | undefined;
  /**
   * Makes the state of a webhook that a partition does not know, if it is defined there; false = it is not, so that what
   * comes for it is nobody's. It was deleted, or a Redis that took another one's place has not heard of it.
   */
  readonly restore?: ((webhook: WebhookId, partition: number) => Promise<boolean>) | undefined;
}

export function createBatches(deps: BatchesOptions): Batches {
  const { context, producer, onNote, onSealed, onUntold, onWaiting, onLostHints } = deps;
  const { take = () => false, restore = async () => false } = deps;
  const { redis, keys } = context;
  const settling = new Set<Promise<void>>();

  const addJobs = async (partition: number, hints: readonly Hint[]): Promise<void> => {
    if (hints.length === 0) return;
    try {
      await producer.add(partition, hints);
    } catch (error) {
      const notAdded = error instanceof JobsNotAddedError ? error.hints : hints;
      const lost = notAdded.filter((hint) => hint.delayMs > 0 || !take(partition, hint));
      if (lost.length > 0) onLostHints(error, lost);
    }
  };

  /** Whatever script found them has put them off by their time, so nobody else finds them before that. */
  const makeUpFor = async (partition: number, overdue: readonly OverdueReservation[]): Promise<void> => {
    const left = overdue.filter((reservation) => !take(partition, reservation));
    if (left.length === 0) return;
    try {
      for (const lost of await producer.withoutJob(partition, left)) {
        await settle(partition, await renewHint(context, partition, lost));
      }
    } catch (error) {
      onLostHints(
        error,
        left.map((reservation) => ({ ...reservation, delayMs: 0 })),
      );
    }
  };

  const settle = async (partition: number, reply: PartitionReply): Promise<void> => {
    const { hints, overdue, notes, sealed, untold } = reply;
    if (sealed !== undefined) onSealed?.(sealed);
    if (untold !== undefined) onUntold?.(untold);
    for (const note of notes) onNote(note, partition);
    await addJobs(partition, hints);
    await makeUpFor(partition, overdue);
  };

  const appendOn: Batches["appendOn"] = async (connection, request) => {
    const { appended, reply } = await append({ ...context, redis: connection }, request);
    // The events are stored: the answer must not wait for the jobs.
    const settlement = settle(request.partition, reply).finally(() => settling.delete(settlement));
    settling.add(settlement);
    if (appended.kind !== "unknown") return appended.kind;
    const gone = new Set<WebhookId>();
    for (const id of appended.webhooks) if (!(await restore(id, request.partition))) gone.add(id);
    const groups = request.groups.map((group) => ({
      ...group,
      webhooks: group.webhooks.filter((id) => !gone.has(id)),
    }));
    return appendOn(connection, { ...request, groups });
  };

  return {
    ...createBatchActions({ context, settle }),
    append: (request) => appendOn(redis, request),
    appendOn,
    claim: async (partition, job) => {
      const { claim, reply } = await claimBatch(context, partition, job);
      await settle(partition, reply);
      return claim;
    },
    renew: (partition, batch, attempt) => renewLease(context, partition, batch, attempt),
    finish: async (request) => {
      const { finish, reply } = await finishAttempt(context, request);
      await settle(request.partition, reply);
      return finish;
    },
    traces: (partition, batch) => readBatchTraces(redis, keys.partition(partition), batch),
    read: (partition, batch) => readBatchBody(redis, keys.partition(partition), batch),
    isDue: async (partition) => {
      const { wake, trash, usage, futile } = keys.partition(partition);
      try {
        const [head, remains, counted, futileUntil, timeMs] = await Promise.all([
          redis.zrangebyscore(wake, "-inf", "+inf", "WITHSCORES", "LIMIT", 0, 1),
          redis.exists(trash),
          redis.hmget(usage, "b", "r"),
          redis.get(futile),
          redisNowMs(redis, wake),
        ]);
        const nowMs = context.nowMs?.() ?? timeMs;
        const { backlogHighBytes = Infinity } = limitsOf(context, partition);
        const isTooFull = Number(counted[0]) + Number(counted[1]) > backlogHighBytes;
        const makesRoom = isTooFull && Number(futileUntil) <= nowMs;
        return makesRoom || remains === 1 || (head[1] !== undefined && Number(head[1]) <= nowMs);
      } catch (error) {
        throw asUnavailable(error);
      }
    },
    tick: async (partition) => {
      const reply = await tickPartition(context, partition);
      for (const webhook of reply.waiting ?? []) onWaiting?.({ partition, webhook });
      await settle(partition, reply);
      return reply.more;
    },
    calm: (partition, calmMs) => calmPartition(context, partition, calmMs),
    bringBack: async (partition, backMs) => {
      await producer.afterClockJump(partition);
      const ids = await allWebhooks(context, partition);
      for (let from = 0; from < ids.length; from += BROUGHT_BACK_AT_ONCE) {
        const webhooks = ids.slice(from, from + BROUGHT_BACK_AT_ONCE);
        await settle(partition, await afterClockJump(context, partition, { backMs, webhooks }));
      }
    },
    configure: async (webhook: Webhook, options) => {
      await settle(webhook.partition, await configureWebhook(context, webhook, options));
    },
    settled: async () => {
      await Promise.all(settling);
    },
    forget: (id: WebhookId, partition: number) => forgetWebhook(context, partition, id),
    isIdle: async (id: WebhookId, partition: number) => {
      try {
        const [open, sealed] = await redis.hmget(keys.partition(partition).webhook(id), "ob", "bn");
        return (open ?? "") === "" && Number(sealed ?? 0) <= 0;
      } catch (error) {
        throw asUnavailable(error);
      }
    },
    revisions: async (ids: readonly WebhookId[], partition: number) => {
      const { webhook } = keys.partition(partition);
      const found = await guarded(Promise.all(ids.map((id) => redis.hget(webhook(id), "rev"))));
      return found.map((revision) => (revision === null ? undefined : Number(revision)));
    },
  };
}

/** Whoever is defined, in whatever partition, or has something due in this one. */
async function allWebhooks({ redis, keys }: PartitionContext, partition: number): Promise<readonly string[]> {
  try {
    const [defined, due] = await Promise.all([
      redis.hkeys(keys.definitions.webhooks),
      redis.zrange(keys.partition(partition).wake, "0", "-1"),
    ]);
    return [...new Set([...due, ...defined])];
  } catch (error) {
    throw asUnavailable(error);
  }
}
