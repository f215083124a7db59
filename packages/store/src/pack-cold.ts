import { mergeTexts, planPacking, savedBytes } from "@posthorn/core";
import type { BatchId, PackingStep, TextPart } from "@posthorn/core";
import { redisNowMs } from "./masters.ts";
import { PIECE_BYTES, packText, pieceField, unpackPiece } from "./packed-text.ts";
import type { PartitionContext } from "./partition-script.ts";
import { finishPacking } from "./scripts/finish-packing.ts";
import { lookIntoBatch } from "./scripts/look-into-batch.ts";
import type { ListedRange } from "./scripts/look-into-batch.ts";
import { mergeRanges } from "./scripts/merge-ranges.ts";
import { packPiece } from "./scripts/pack-piece.ts";
import { takeCold } from "./scripts/take-cold.ts";
import { guarded } from "./unavailable.ts";

/** Packs the text of batches that will not be tried soon; many processes may do so at the same time. */
export interface Packing {
  /** Whether a batch may be packed now; a read only. */
  isDue(partition: number): Promise<boolean>;
  /**
   * Packs the next cold batch, or as much of it as is done before `signal` aborts; resolves to true when more is due.
   * What it leaves is taken up by whoever comes next. Throws `StoreUnavailableError` when Redis is away.
   */
  packNext(partition: number, signal: AbortSignal): Promise<boolean>;
}

/** Another packer takes a batch over after so long without a sign of life. */
const LEASE_MS = 10_000;
/** Longer than the window of a batch: those that share small chunks with a cold one have gone out by then, if they can. */
const AGAIN_MS = 45_000;
const FILED_AHEAD_MAX_MS = 60_000;
const RANGES_PER_LOOK = 500;

interface PackedStep {
  readonly saved: number;
  readonly later: boolean;
}

export function createPacking(context: PartitionContext): Packing {
  const { redis, keys } = context;

  return {
    isDue: async (partition) => {
      const { cold } = keys.partition(partition);
      const [head, timeMs] = await guarded(
        Promise.all([redis.zrange(cold, "0", "0", "WITHSCORES"), redisNowMs(redis, cold)]),
      );
      if (head[1] === undefined) return false;
      const nowMs = context.nowMs?.() ?? timeMs;
      const inMs = Number(head[1]) - nowMs;
      // Beyond that it is from before the clock was set back.
      return inMs <= 0 || inMs > FILED_AHEAD_MAX_MS;
    },
    packNext: async (partition, signal) => {
      const { batch, more } = await takeCold(context, partition, {
        leaseMs: LEASE_MS,
        filedAheadMaxMs: FILED_AHEAD_MAX_MS,
      });
      if (batch === undefined) return more;
      await packBatch(context, partition, batch, signal);
      return true;
    },
  };
}

async function packBatch(
  context: PartitionContext,
  partition: number,
  { id, isAgain }: { readonly id: BatchId; readonly isAgain: boolean },
  signal: AbortSignal,
): Promise<void> {
  let at = 0;
  let saved = 0;
  let isLater = false;
  /** What was looked at and has not had its step, from `at` on. */
  let ranges: readonly ListedRange[] = [];
  for (let isEnd = false; !isEnd;) {
    const look = { batch: id, from: at + ranges.length, count: RANGES_PER_LOOK, leaseMs: LEASE_MS };
    const found = await lookIntoBatch(context, partition, look);
    if (found === undefined) return;
    isEnd = found.length < RANGES_PER_LOOK;
    ranges = [...ranges, ...found];
    const steps = planPacking(ranges, { mergedBytesMax: PIECE_BYTES, isEnd, isAgain });
    for (const step of steps) {
      if (signal.aborted) return;
      const done = await takeStep(context, partition, id, at, step);
      if (done === undefined) return;
      at += 1;
      saved += done.saved;
      isLater ||= done.later;
    }
    ranges = ranges.slice(steps.reduce((count, step) => count + rangesOf(step), 0));
  }
  await finishPacking(context, partition, { batch: id, savedBytes: saved, againMs: isLater ? AGAIN_MS : undefined });
}

function rangesOf(step: PackingStep): number {
  return step.kind === "merge" ? step.ranges.length : 1;
}

/** Leaves one range in the list. `undefined` = the batch is not what it was: whoever takes it next finds out what it is. */
async function takeStep(
  context: PartitionContext,
  partition: number,
  batch: BatchId,
  from: number,
  step: PackingStep<ListedRange>,
): Promise<PackedStep | undefined> {
  switch (step.kind) {
    case "leave": {
      const { range, later } = step;
      return { saved: savedBytes(range, range.storedBytes ?? range.textBytes), later };
    }
    case "pack": {
      const storedBytes = await packChunk(context, partition, step.range);
      return { saved: savedBytes(step.range, storedBytes), later: false };
    }
    case "merge": {
      const parts = await readParts(context, partition, step.ranges);
      if (parts === undefined) return undefined;
      const merged = mergeTexts(parts);
      const packed = await packText(merged.data);
      const ranges = step.ranges.map(({ text }) => text);
      if (!(await mergeRanges(context, partition, { batch, from, ranges, merged, packed }))) return undefined;
      return { saved: merged.data.length - (packed ?? merged.data).length, later: false };
    }
  }
}

/** Packs a chunk's text, piece by piece; resolves to the bytes that are stored of it then. */
async function packChunk(context: PartitionContext, partition: number, range: ListedRange): Promise<number> {
  const { chunk, textBytes, storedBytes = textBytes } = range;
  const key = context.keys.partition(partition).chunk(chunk);
  let stored = storedBytes;
  for (let index = 0; index * PIECE_BYTES < textBytes; index++) {
    const plain = await guarded(context.redis.hgetBuffer(key, pieceField("d", index)));
    // What an earlier version stored as one large piece stays as it is.
    if (plain === null || plain.length > PIECE_BYTES) continue;
    const packed = await packText(plain);
    if (packed === undefined) continue;
    if (await packPiece(context, partition, { chunk, index, textBytes: plain.length, packed })) {
      stored -= plain.length - packed.length;
    }
  }
  return stored;
}

/** The texts of ranges with the ends of their events; `undefined` when one of their chunks is gone. */
async function readParts(
  { redis, keys }: PartitionContext,
  partition: number,
  ranges: readonly ListedRange[],
): Promise<TextPart[] | undefined> {
  const { chunk: keyOf } = keys.partition(partition);
  const found = await guarded(Promise.all(ranges.map(({ chunk }) => redis.hmgetBuffer(keyOf(chunk), "d", "z", "e"))));
  const parts: TextPart[] = [];
  for (const [index, [plain, packed, ends]] of found.entries()) {
    const data = await unpackPiece(plain, packed);
    const range = ranges[index];
    if (data === null || ends === null || ends === undefined || range === undefined) return undefined;
    parts.push({ data, ends, firstByte: range.firstByte, endByte: range.endByte });
  }
  return parts;
}
