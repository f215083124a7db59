import type { WebhookId } from "@posthorn/core";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

interface Tick {
  readonly more: boolean;
  readonly waiting?: readonly WebhookId[];
}

const run = partitionScript<Tick>("tick-partition.lua", { shared: ["relieve.lua"] });

/** Webhooks that one tick advances at most; how much it lets end is bounded over all of them, see `batch-ends.lua`. */
const WEBHOOKS_PER_TICK = 50;

/**
 * Does what is due in a partition; `more` = call again at once, `waiting` = webhooks of which a batch was closed that has
 * to wait.
 */
export async function tickPartition(context: PartitionContext, partition: number): Promise<PartitionReply & Tick> {
  return run(context, partition, [WEBHOOKS_PER_TICK]);
}
