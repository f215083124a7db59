import type { BatchId } from "@posthorn/core";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";

const run = partitionScript<{ readonly held: boolean }>("renew-lease.lua");

/** Prolongs the lease of an attempt; `false` = it is no longer ours. */
export async function renewLease(
  context: PartitionContext,
  partition: number,
  batch: BatchId,
  attempt: number,
): Promise<boolean> {
  return (await run(context, partition, [batch, attempt])).held;
}
