import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

const run = partitionScript<unknown>("after-clock-jump.lua");

/** Brings webhooks' deadlines back by `backMs`, by which the clock of Redis was set back; those of other partitions are skipped. */
export async function afterClockJump(
  context: PartitionContext,
  partition: number,
  { backMs, webhooks }: { readonly backMs: number; readonly webhooks: readonly string[] },
): Promise<PartitionReply> {
  return run(context, partition, [Math.round(backMs), ...webhooks]);
}
