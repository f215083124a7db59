import type { BatchId } from "@posthorn/core";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";

/** A batch to pack; `isAgain` = it was packed once, but for what could be packed better later. */
export interface TakenCold {
  readonly batch: { readonly id: BatchId; readonly isAgain: boolean } | undefined;
  /** Something else is due. */
  readonly more: boolean;
}

const run = partitionScript<{ readonly batch?: BatchId; readonly again?: boolean; readonly more: boolean }>(
  "take-cold.lua",
);

/** Takes the next cold batch for `leaseMs`, or for as long as it is looked into again in time. */
export async function takeCold(
  context: PartitionContext,
  partition: number,
  { leaseMs, filedAheadMaxMs }: { readonly leaseMs: number; readonly filedAheadMaxMs: number },
): Promise<TakenCold> {
  const { batch, again, more } = await run(context, partition, [leaseMs, filedAheadMaxMs]);
  return { batch: batch === undefined ? undefined : { id: batch, isAgain: again === true }, more };
}
