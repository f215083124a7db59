import type { BatchId } from "@posthorn/core";
import { leasedOf } from "../leased.ts";
import type { Leased, LeaseReply } from "../leased.ts";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

export type Claim = Leased | { readonly kind: "gone" | "not-due" | "held" | "no-slot" };

type ClaimReply =
  | { readonly answer: "leased"; readonly lease: LeaseReply }
  | { readonly answer: Exclude<Claim["kind"], "leased"> };

const run = partitionScript<ClaimReply>("claim-batch.lua", { shared: ["lease.lua"] });

/** Claims the attempt that a job hints at. */
export async function claimBatch(
  context: PartitionContext,
  partition: number,
  job: { readonly batch: BatchId; readonly attempt: number; readonly hint: number; readonly worker: string },
): Promise<{ readonly claim: Claim; readonly reply: PartitionReply }> {
  const reply = await run(context, partition, [job.batch, job.attempt, job.hint, job.worker]);
  return { claim: reply.answer === "leased" ? leasedOf(reply.lease) : { kind: reply.answer }, reply };
}
