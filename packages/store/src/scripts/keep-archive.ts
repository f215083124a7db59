import type { BatchId } from "@posthorn/core";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";

const run = partitionScript<{ readonly kept: boolean }>("keep-archive.lua");

/** Keeps a batch for another `leaseMs`; false = it is somebody else's by now, or gone. */
export async function keepArchive(
  context: PartitionContext,
  partition: number,
  { batch, worker, leaseMs }: { readonly batch: BatchId; readonly worker: string; readonly leaseMs: number },
): Promise<boolean> {
  return (await run(context, partition, [batch, worker, leaseMs])).kept;
}
