import type { OverdueReservation, PartitionContext, PartitionReply } from "../partition-script.ts";
import { partitionScript } from "../partition-script.ts";

const run = partitionScript<unknown>("renew-hint.lua");

/** Gives a reservation whose job was lost a new one. */
export async function renewHint(
  context: PartitionContext,
  partition: number,
  overdue: OverdueReservation,
): Promise<PartitionReply> {
  return run(context, partition, [overdue.batch, overdue.hint]);
}
