import type { BatchId } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import type { PartitionKeys } from "./keys.ts";
import { oneAhead } from "./one-ahead.ts";
import { PIECE_BYTES, pieceField, unpackPiece } from "./packed-text.ts";
import { guarded } from "./unavailable.ts";

/** How much is asked of Redis at a time; what a slow target makes a process hold is about three times this. */
const READ_AHEAD_BYTES = 256 * 1024;
/** How many ranges of a batch are read at a time. */
const RANGES_PER_READ = 500;

const OPENING = Buffer.from("[");
const COMMA = Buffer.from(",");

interface Range {
  readonly chunk: string;
  readonly firstByte: number;
  readonly endByte: number;
}

/** The stored text of a batch is not all there: Redis has lost data that it acknowledged. */
export class MissingChunkError extends Error {
  constructor(chunk: string) {
    super(`chunk ${chunk} is missing in Redis; check its persistence and eviction settings`);
    this.name = "MissingChunkError";
  }
}

/**
 * A batch's body, a JSON array, read from Redis as fast as it is consumed and never held as a whole.
 * Throws `StoreUnavailableError` when Redis goes away and `MissingChunkError` when it has lost something.
 */
export function readBatchBody(redis: RedisClient, keys: PartitionKeys, batch: BatchId): AsyncGenerator<Buffer> {
  return oneAhead(readInTurn(redis, keys, batch));
}

async function* readInTurn(redis: RedisClient, keys: PartitionKeys, batch: BatchId): AsyncGenerator<Buffer> {
  let separator = OPENING;
  for await (const ranges of rangeGroups(redis, keys, batch)) {
    const [first, second] = ranges;
    if (first !== undefined && second === undefined) {
      yield separator;
      yield* readRange(redis, keys, first);
    } else {
      yield joined(separator, await readRanges(redis, keys, ranges));
    }
    separator = COMMA;
  }
  yield Buffer.from(separator === OPENING ? "[]" : "]");
}

function joined(separator: Buffer, texts: readonly Buffer[]): Buffer {
  return Buffer.concat(texts.flatMap((text, index) => [index === 0 ? separator : COMMA, text]));
}

/** The batch's ranges in groups that are worth one round trip each. */
async function* rangeGroups(redis: RedisClient, keys: PartitionKeys, batch: BatchId): AsyncGenerator<Range[]> {
  for (let index = 0; ; index += RANGES_PER_READ) {
    const texts = await guarded(redis.lrange(keys.ranges(batch), index, index + RANGES_PER_READ - 1));
    let group: Range[] = [];
    let bytes = 0;
    for (const text of texts) {
      const range = parseRange(text);
      const size = range.endByte - range.firstByte;
      const isApart = [range, group[0]].some((one) => one !== undefined && one.endByte > PIECE_BYTES);
      if (group.length > 0 && (isApart || bytes + size > READ_AHEAD_BYTES)) {
        yield group;
        group = [];
        bytes = 0;
      }
      group.push(range);
      bytes += size;
    }
    if (group.length > 0) yield group;
    if (texts.length < RANGES_PER_READ) return;
  }
}

/** One range, piece by piece where its chunk has several. */
async function* readRange(redis: RedisClient, keys: PartitionKeys, range: Range): AsyncGenerator<Buffer> {
  const { chunk, firstByte, endByte } = range;
  for (let at = firstByte; at < endByte;) {
    const index = Math.floor(at / PIECE_BYTES);
    const start = index * PIECE_BYTES;
    const piece = await readPiece(redis, keys, chunk, index);
    if (piece === null) throw new MissingChunkError(chunk);
    yield piece.subarray(at - start, endByte - start);
    // What an earlier version stored is one piece, whatever its size.
    at = Math.min(endByte, start + piece.length);
  }
}

async function readRanges(redis: RedisClient, keys: PartitionKeys, ranges: readonly Range[]): Promise<Buffer[]> {
  const data = await Promise.all(ranges.map(({ chunk }) => readPiece(redis, keys, chunk, 0)));
  return ranges.map(({ chunk, firstByte, endByte }, index) => {
    const text = data[index];
    if (text === null || text === undefined) throw new MissingChunkError(chunk);
    return text.subarray(firstByte, endByte);
  });
}

/** One command, so that a piece that is being packed is there as the one or the other. */
async function readPiece(
  redis: RedisClient,
  keys: PartitionKeys,
  chunk: string,
  index: number,
): Promise<Buffer | null> {
  const names = [pieceField("d", index), pieceField("z", index)];
  const [plain, packed] = await guarded(redis.hmgetBuffer(keys.chunk(chunk), ...names));
  return unpackPiece(plain, packed);
}

function parseRange(text: string): Range {
  const [chunk = "", firstByte, endByte] = text.split(":");
  return { chunk, firstByte: Number(firstByte), endByte: Number(endByte) };
}
