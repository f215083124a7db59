import type { BatchId, StoredRange } from "@posthorn/core";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";

/** A range, and its text in the batch's list. */
export interface ListedRange extends StoredRange {
  readonly text: string;
}

const run = partitionScript<{ readonly rests: boolean; readonly ranges?: readonly (string | number)[] }>(
  "look-into-batch.lua",
);
/** What the reply tells of each range. */
const FIELDS_PER_RANGE = 4;

/** Shows some ranges of a batch that is being packed; `undefined` when it does not rest any more. */
export async function lookIntoBatch(
  context: PartitionContext,
  partition: number,
  look: { readonly batch: BatchId; readonly from: number; readonly count: number; readonly leaseMs: number },
): Promise<readonly ListedRange[] | undefined> {
  const { rests, ranges } = await run(context, partition, [look.batch, look.from, look.count, look.leaseMs]);
  if (!rests) return undefined;
  const listed: ListedRange[] = [];
  // An empty Lua table is encoded as {}.
  const told = Array.isArray(ranges) ? (ranges as readonly (string | number)[]) : [];
  for (let at = 0; at < told.length; at += FIELDS_PER_RANGE) {
    const [users, textBytes, storedBytes] = told.slice(at + 1, at + FIELDS_PER_RANGE).map(Number);
    listed.push(listedRange(String(told[at]), users ?? 0, textBytes ?? -1, storedBytes ?? -1));
  }
  return listed;
}

function listedRange(text: string, users: number, textBytes: number, storedBytes: number): ListedRange {
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
