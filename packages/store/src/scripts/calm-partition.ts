import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";

const run = partitionScript<unknown>("calm-partition.lua");

/** Has nothing of a partition deleted for its expiry for `calmMs` from now. */
export async function calmPartition(context: PartitionContext, partition: number, calmMs: number): Promise<void> {
  await run(context, partition, [calmMs]);
}
