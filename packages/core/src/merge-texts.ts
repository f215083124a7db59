import type { Chunk } from "./chunk.ts";

/** Consecutive events of a chunk. */
export interface TextPart {
  /** The chunk's whole text, and the ends of all its events. */
  readonly data: Buffer;
  readonly ends: Buffer;
  readonly firstByte: number;
  readonly endByte: number;
}

const COMMA = Buffer.from(",");

/** One chunk of the same events, in the order of the parts. */
export function mergeTexts(parts: readonly TextPart[]): Chunk {
  const texts: Buffer[] = [];
  const ends: number[] = [];
  let bytes = 0;
  for (const { data, ends: offsets, firstByte, endByte } of parts) {
    if (bytes > 0) {
      texts.push(COMMA);
      bytes++;
    }
    texts.push(data.subarray(firstByte, endByte));
    for (let at = 0; at < offsets.length; at += 4) {
      const end = offsets.readUInt32LE(at);
      if (end > firstByte && end <= endByte) ends.push(bytes + end - firstByte);
    }
    bytes += endByte - firstByte;
  }
  const packed = Buffer.alloc(ends.length * 4);
  for (const [index, end] of ends.entries()) packed.writeUInt32LE(end, index * 4);
  return { data: Buffer.concat(texts), ends: packed, events: ends.length };
}
