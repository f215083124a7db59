import { createHash } from "node:crypto";
import type { BatchId, Chunk } from "@posthorn/core";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";

interface MergeRequest {
  readonly batch: BatchId;
  readonly from: number;
  /** The ranges as they stand in the batch's list. */
  readonly ranges: readonly string[];
  readonly merged: Chunk;
  /** `undefined` = the text is stored as it is. */
  readonly packed: Buffer | undefined;
}

const run = partitionScript<{ readonly merged: boolean }>("merge-ranges.lua");

/** Replaces ranges of a batch by one; `false` when they are not what they were, or not the batch's alone. */
export async function mergeRanges(
  context: PartitionContext,
  partition: number,
  { batch, from, ranges, merged, packed }: MergeRequest,
): Promise<boolean> {
  const { data, ends, events } = merged;
  const listed = ranges.join(" ");
  // These ranges of this batch are merged once.
  const chunk = `m${createHash("sha1").update(`${batch} ${listed}`).digest("hex").slice(0, 20)}`;
  const field = packed === undefined ? "d" : "z";
  const args = [batch, from, listed, chunk, packed ?? data, field, ends, events];
  return (await run(context, partition, args)).merged;
}
