import { batchId } from "@posthorn/core";
import type { BatchId } from "@posthorn/core";
import type { BatchRow } from "./batch-row.ts";

/** Where batches are listed from, in the order in which a list goes through them. */
export const LISTED = ["open", "slots", "ready", "scheduled", "parked", "ended"] as const;
export type ListedFrom = (typeof LISTED)[number];

/** A place in one of those: that of a batch and, since several may have the same, its id. */
export interface Position {
  readonly score: number;
  readonly id: BatchId;
}

/** Up to where a list was given. */
export interface BatchCursor {
  readonly from: ListedFrom;
  readonly after: Position | undefined;
}

/** A row and where it was found. */
export interface PlacedRow {
  readonly row: BatchRow;
  readonly position: Position;
}

/** A part of a list: some batches of one place in order, and up to where they went. */
export interface BatchPage {
  readonly rows: readonly PlacedRow[];
  /** `undefined` when there are no more in this place. */
  readonly end: Position | undefined;
}

/** Text that callers hand back as it is. */
export function cursorText({ from, after }: BatchCursor): string {
  return Buffer.from(JSON.stringify(after === undefined ? [from] : [from, after.score, after.id])).toString(
    "base64url",
  );
}

/** The cursor in a text, or `undefined` when there is none in it. */
export function parseCursor(text: string): BatchCursor | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts)) return undefined;
  const [name, score, id] = parts as readonly unknown[];
  const from = LISTED.find((known) => known === name);
  if (from === undefined) return undefined;
  if (parts.length === 1) return { from, after: undefined };
  const batch = typeof id === "string" ? batchId(id) : undefined;
  return batch === undefined || typeof score !== "number" || !Number.isFinite(score)
    ? undefined
    : { from, after: { score, id: batch } };
}

/** Orders positions from the lowest on. */
export function comparePositions(a: Position, b: Position): number {
  return a.score - b.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
