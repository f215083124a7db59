import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";

// Also while Redis is full: that is when batches overflow.
const run = partitionScript<unknown>("announce-archive.lua");

/** Has what is given up in a partition set aside, for `forMs` from now on. */
export async function announceArchive(context: PartitionContext, partition: number, forMs: number): Promise<void> {
  await run(context, partition, [forMs]);
}
