import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants } from "node:zlib";

/** The text of an event that is larger lies in pieces of this size, see `append.lua`; a merged text is no larger. */
export const PIECE_BYTES = 256 * 1024;

/** A text that shrinks by less stays as it is. */
const WORTHWHILE_SHARE = 0.9;

// Both work off the event loop.
const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

/** A turn of a thread gets out at least so much, and, since each turn costs, most often all there is. */
const TURN_MIN_BYTES = 1024;
const SHRINKS_AT_LEAST = 4;
const SHRINKS_AT_MOST = 12;

/** The name of a piece of a chunk's text in its hash: plain or packed. */
export function pieceField(kind: "d" | "z", index: number): string {
  return index === 0 ? kind : `${kind}${index}`;
}

/** The text packed; `undefined` when that is not worth it. */
export async function packText(text: Buffer): Promise<Buffer | undefined> {
  const packed = await compress(text, {
    chunkSize: Math.max(TURN_MIN_BYTES, Math.ceil(text.length / SHRINKS_AT_LEAST)),
    params: {
      // Of realistic events the next qualities make 5 to 10 % less for more than twice the time.
      [constants.BROTLI_PARAM_QUALITY]: 1,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_LGWIN]: Math.log2(PIECE_BYTES),
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
  return packed.length <= text.length * WORTHWHILE_SHARE ? packed : undefined;
}

/** The text of a piece that is stored as one of these; `null` when it is stored as neither. */
export async function unpackPiece(
  plain: Buffer | null | undefined,
  packed: Buffer | null | undefined,
): Promise<Buffer | null> {
  if (plain !== null && plain !== undefined) return plain;
  if (packed === null || packed === undefined) return null;
  const chunkSize = Math.min(PIECE_BYTES, Math.max(TURN_MIN_BYTES, packed.length * SHRINKS_AT_MOST));
  return decompress(packed, { chunkSize, maxOutputLength: PIECE_BYTES });
}
