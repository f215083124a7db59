import type { BatchId, StoredRange } from "@posthorn/core";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";

/** A range, and its text in the batch's list. */
export interface ListedRange extends StoredRange {
  readonly text: string;
}

type RangeReply = readonly [text: string, users: number, textBytes: number, storedBytes: number];

const run = partitionScript<{ readonly rests: boolean; readonly ranges?: readonly RangeReply[] }>(
  "look-into-batch.lua",
);

/** Shows some ranges of a batch that is being packed; `undefined` when it does not rest any more. */
export async function lookIntoBatch(
  context: PartitionContext,
  partition: number,
  look: { readonly batch: BatchId; readonly from: number; readonly count: number; readonly leaseMs: number },
): Promise<readonly ListedRange[] | undefined> {
  const { rests, ranges } = await run(context, partition, [look.batch, look.from, look.count, look.leaseMs]);
  if (!rests) return undefined;
  // An empty Lua table is encoded as {}.
  return Array.isArray(ranges) ? (ranges as readonly RangeReply[]).map(listedRange) : [];
}

function listedRange([text, users, textBytes, storedBytes]: RangeReply): ListedRange {
  const [chunk = "", firstByte, endByte, events] = text.split(":");
  return {
    text,
    chunk,
    firstByte: Number(firstByte),
    endByte: Number(endByte),
    events: Number(events),
    users,
    textBytes,
    storedBytes: storedBytes < 0 ? undefined : storedBytes,
  };
}
