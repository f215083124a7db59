import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

const run = partitionScript<{ readonly more: boolean }>("tick-partition.lua", { shared: ["relieve.lua"] });

/** Webhooks that one tick advances at most, so that Redis is never kept busy for long. */
const WEBHOOKS_PER_TICK = 50;

/** Does what is due in a partition; `more` = call again at once. */
export async function tickPartition(
  context: PartitionContext,
  partition: number,
): Promise<PartitionReply & { readonly more: boolean }> {
  return run(context, partition, [WEBHOOKS_PER_TICK]);
}
