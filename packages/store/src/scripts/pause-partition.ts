import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";
import type { PauseOrder } from "./order-pause.ts";

const run = partitionScript<{ readonly changed: boolean }>("pause-partition.lua");

/** Has a partition do as ordered; false when it has done so before. */
export async function pausePartition(
  context: PartitionContext,
  partition: number,
  { order, pausedSinceMs }: PauseOrder,
): Promise<boolean> {
  const { changed } = await run(context, partition, [order, pausedSinceMs === undefined ? 0 : 1]);
  return changed;
}
