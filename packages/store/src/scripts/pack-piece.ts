import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";

const run = partitionScript<{ readonly packed: boolean }>("pack-piece.lua");

/** Puts a packed text in the place of a chunk's plain one; `false` when that is not there any more. */
export async function packPiece(
  context: PartitionContext,
  partition: number,
  piece: { readonly chunk: string; readonly index: number; readonly textBytes: number; readonly packed: Buffer },
): Promise<boolean> {
  const suffix = piece.index === 0 ? "" : piece.index;
  return (await run(context, partition, [piece.chunk, suffix, piece.textBytes, piece.packed])).packed;
}
