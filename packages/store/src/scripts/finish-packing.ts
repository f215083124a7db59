import type { BatchId } from "@posthorn/core";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";

const run = partitionScript<unknown>("finish-packing.lua");

/** Notes that a batch is packed and how much that saved; `againMs` = look into it once more then. */
export async function finishPacking(
  context: PartitionContext,
  partition: number,
  end: { readonly batch: BatchId; readonly savedBytes: number; readonly againMs: number | undefined },
): Promise<void> {
  await run(context, partition, [end.batch, end.savedBytes, end.againMs ?? 0]);
}
