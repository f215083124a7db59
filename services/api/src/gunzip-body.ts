import { createGunzip } from "node:zlib";
import type { InflightShare } from "./inflight-bytes.ts";

/** Larger pieces than the default: a body of 32 MiB would come in two thousand. */
const PIECE_BYTES = 64 * 1024;
/** The format makes no more than this of a byte. */
const EXPANSION_MAX = 1_032;
const TRAILER_BYTES = 18;

/**
 * Decompresses a body, which must come to no more than `maxBytes`: else `undefined`. Its size is known before any of it
 * is kept, so that it is held once, and of one that is too large nothing. Throws what the platform does for what is no
 * gzip, and `DomainError` when `share` has no room.
 */
export async function gunzipBody(packed: Buffer, maxBytes: number, share: InflightShare): Promise<Buffer | undefined> {
  const told = toldSize(packed, maxBytes);
  if (told !== undefined) {
    share.reach(packed.length + told);
    const body = await fill(packed, Buffer.allocUnsafeSlow(told));
    if (body !== undefined) return body;
  }
  // It was not true, or is that of the last of several members.
  const size = await countBytes(packed, maxBytes);
  if (size === undefined) return undefined;
  share.reach(packed.length + size);
  return fill(packed, Buffer.allocUnsafeSlow(size));
}

/** The size that the sender has written at the end, if that can be. */
function toldSize(packed: Buffer, maxBytes: number): number | undefined {
  if (packed.length < TRAILER_BYTES) return undefined;
  const size = packed.readUInt32LE(packed.length - 4);
  return size <= Math.min(maxBytes, packed.length * EXPANSION_MAX) ? size : undefined;
}

/** `undefined` when there is more than fits. */
async function fill(packed: Buffer, body: Buffer): Promise<Buffer | undefined> {
  let bytes = 0;
  for await (const piece of unpack(packed)) {
    if (bytes + piece.length > body.length) return undefined;
    bytes += piece.copy(body, bytes);
  }
  return body.subarray(0, bytes);
}

/** `undefined` when there are more than `maxBytes`. */
async function countBytes(packed: Buffer, maxBytes: number): Promise<number | undefined> {
  let bytes = 0;
  for await (const piece of unpack(packed)) {
    bytes += piece.length;
    if (bytes > maxBytes) return undefined;
  }
  return bytes;
}

function unpack(packed: Buffer): AsyncIterable<Buffer> {
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  gunzip.end(packed);
  return gunzip;
}
