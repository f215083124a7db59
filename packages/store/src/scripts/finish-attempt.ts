import type { BatchId, Judgement, WebhookHealth } from "@posthorn/core";
import { leasedOf } from "../leased.ts";
import type { Leased, LeaseReply } from "../leased.ts";
import { fromHealthFields, isSameHealth, toHealthFields } from "../health.ts";
import { partitionScript } from "../partition-script.ts";
import type { Lane, PartitionContext, PartitionReply } from "../partition-script.ts";

export interface FinishRequest {
  readonly partition: number;
  readonly batch: BatchId;
  readonly attempt: number;
  /** The health that was judged by, and its revision; a newer one makes the answer `conflict`. */
  readonly health: WebhookHealth;
  readonly healthRevision: number;
  readonly judgement: Judgement;
  /** The time that was judged by. */
  readonly judgedAtMs: number;
  /** The attempt counts as a failure of the target. */
  readonly failed: boolean;
  readonly stalledUpload: boolean;
  /** What is kept of the attempt for 24 h (JSON). */
  readonly record: string;
  /** Who would make the webhook's next attempt of that lane at once, without a job. */
  readonly next?: { readonly worker: string; readonly lane: Lane } | undefined;
}

export type Finish =
  /**
   * `parked`: applied, and the batch rests, since somebody paused it meanwhile. `postponed`: it is not deleted for its
   * expiry now, but tried again when the calm is over.
   */
  | {
      readonly kind: "applied" | "parked" | "postponed" | "ignored" | "gone";
      /** The attempt that was asked for, handed out under its lease. */
      readonly next?: Leased | undefined;
    }
  /** Another attempt changed the webhook's health meanwhile, or the time was wrong: judge again by these. */
  | {
      readonly kind: "conflict";
      readonly health: WebhookHealth;
      readonly healthRevision: number;
      readonly nowMs: number;
    };

interface FinishReply {
  readonly answer: Finish["kind"];
  readonly health?: Readonly<Record<string, unknown>>;
  readonly nowMs?: number;
  readonly lease?: LeaseReply;
}

const run = partitionScript<FinishReply>("finish-attempt.lua", { shared: ["lease.lua"] });

/** Applies a judgement to the batch and its webhook, unless the lease is lost or the health has changed. */
export async function finishAttempt(
  context: PartitionContext,
  request: FinishRequest,
): Promise<{ readonly finish: Finish; readonly reply: PartitionReply }> {
  const { judgement, health } = request;
  const text = JSON.stringify({
    verdict: judgement.verdict,
    health: isSameHealth(judgement.health, health) ? null : toHealthFields(judgement.health),
    drain: judgement.drain,
    deactivate: judgement.deactivate,
    failed: request.failed,
    stalled: request.stalledUpload,
  });
  const reply = await run(context, request.partition, [
    request.batch,
    request.attempt,
    request.healthRevision,
    text,
    request.record,
    request.judgedAtMs,
    request.next?.worker ?? "",
    request.next?.lane ?? "",
  ]);
  if (reply.answer !== "conflict") {
    const next = reply.lease === undefined ? undefined : leasedOf(reply.lease);
    return { finish: { kind: reply.answer, next }, reply };
  }
  const current = reply.health ?? {};
  return {
    finish: {
      kind: "conflict",
      health: fromHealthFields(current),
      healthRevision: Number(current["hr"] ?? 0),
      nowMs: reply.nowMs ?? request.judgedAtMs,
    },
    reply,
  };
}
