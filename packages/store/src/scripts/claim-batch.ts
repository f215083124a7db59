import type { BatchId, WebhookHealth, WebhookId } from "@posthorn/core";
import { fromHealthFields } from "../health.ts";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

/** One attempt handed out under a lease. */
export interface Leased {
  readonly kind: "leased";
  readonly batch: BatchId;
  readonly attempt: number;
  readonly webhook: WebhookId;
  /** The definition's revision that the partition knows; an older one in memory is out of date. */
  readonly revision: number;
  readonly events: number;
  readonly bodyBytes: number;
  readonly failedAttempts: number;
  readonly stalledUploads: number;
  readonly createdAtMs: number;
  readonly sealedAtMs: number;
  readonly expiresAtMs: number;
  /** Redis' time of the claim. */
  readonly nowMs: number;
  readonly health: WebhookHealth;
  readonly healthRevision: number;
}

export type Claim = Leased | { readonly kind: "gone" | "not-due" | "held" | "no-slot" };

interface ClaimReply extends Omit<Leased, "kind" | "batch" | "attempt" | "health" | "healthRevision"> {
  readonly answer: Claim["kind"];
  readonly health: Readonly<Record<string, unknown>>;
}

const run = partitionScript<ClaimReply>("claim-batch.lua");

/** Claims the attempt that a job hints at. */
export async function claimBatch(
  context: PartitionContext,
  partition: number,
  job: { readonly batch: BatchId; readonly attempt: number; readonly hint: number; readonly worker: string },
): Promise<{ readonly claim: Claim; readonly reply: PartitionReply }> {
  const reply = await run(context, partition, [job.batch, job.attempt, job.hint, job.worker]);
  if (reply.answer !== "leased") return { claim: { kind: reply.answer }, reply };
  const { webhook, revision, events, bodyBytes, failedAttempts, stalledUploads, createdAtMs, sealedAtMs, expiresAtMs } =
    reply;
  const claim: Leased = {
    kind: "leased",
    batch: job.batch,
    attempt: job.attempt,
    webhook,
    revision,
    events,
    bodyBytes,
    failedAttempts,
    stalledUploads,
    createdAtMs,
    sealedAtMs,
    expiresAtMs,
    nowMs: reply.nowMs,
    health: fromHealthFields(reply.health),
    healthRevision: Number(reply.health["hr"] ?? 0),
  };
  return { claim, reply };
}
