import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

const run = partitionScript<{ readonly more: boolean }>("tick-partition.lua", { shared: ["relieve.lua"] });

/** Webhooks that one tick advances at most; how much it lets end is bounded over all of them, see `batch-ends.lua`. */
const WEBHOOKS_PER_TICK = 50;

/** Does what is due in a partition; `more` = call again at once. */
export async function tickPartition(
  context: PartitionContext,
  partition: number,
): Promise<PartitionReply & { readonly more: boolean }> {
  return run(context, partition, [WEBHOOKS_PER_TICK]);
}
