import type { BatchId } from "@posthorn/core";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

const run = partitionScript<{ readonly done: boolean }>("finish-archive.lua");

/** Lets go of a batch that was set aside: it is in a file, or, when it is lost, never will be. */
export async function finishArchive(
  context: PartitionContext,
  partition: number,
  { batch, isLost }: { readonly batch: BatchId; readonly isLost: boolean },
): Promise<{ readonly done: boolean; readonly reply: PartitionReply }> {
  const reply = await run(context, partition, [batch, isLost ? 1 : 0]);
  return { done: reply.done, reply };
}
