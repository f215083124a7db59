import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { DomainError } from "@posthorn/core";
import type { InflightShare } from "./inflight-bytes.ts";

/** Larger pieces than the default: a body of 32 MiB would come in two thousand. */
const GUNZIP_CHUNK_BYTES = 64 * 1024;

/**
 * Reads a body, decompressed, of at most `maxBytes`. Nothing is kept that `share` has no room for. Throws
 * `DomainError` when the body is too large, not decodable or cut off; the request is then left paused, not destroyed,
 * so that it can still be answered.
 */
export async function readIngestBody(
  request: IncomingMessage,
  maxBytes: number,
  share: InflightShare,
): Promise<Buffer> {
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding !== "identity" && encoding !== "gzip") {
    throw new DomainError("UNSUPPORTED_TYPE", [
      { message: "Send the body as it is or with Content-Encoding: gzip", param: "Content-Encoding", value: encoding },
    ]);
  }
  const length = request.headers["content-length"];
  const declaredBytes = length === undefined ? undefined : Number(length);
  if (declaredBytes !== undefined) {
    if (declaredBytes > maxBytes) throw tooLarge(maxBytes);
    share.reach(declaredBytes);
  }
  try {
    if (encoding === "gzip") return await readGzip(request, maxBytes, share);
    const source = request.iterator({ destroyOnReturn: false });
    return declaredBytes === undefined
      ? await collect(source, maxBytes, share)
      : await fill(source, Buffer.allocUnsafeSlow(declaredBytes));
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError("INVALID", [
      {
        message:
          encoding === "gzip"
            ? "The body cannot be decompressed: it is cut off or no valid gzip. Compress and send it again"
            : "The body is cut off: send it again",
      },
    ]);
  }
}

/** The length is known: no second copy. */
async function fill(source: AsyncIterable<Buffer>, body: Buffer): Promise<Buffer> {
  let bytes = 0;
  for await (const part of source) bytes += part.copy(body, bytes);
  return body.subarray(0, bytes);
}

async function collect(source: AsyncIterable<Buffer>, maxBytes: number, share: InflightShare): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of source) {
    bytes += part.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    share.reach(bytes);
    parts.push(part);
  }
  return Buffer.concat(parts, bytes);
}

async function readGzip(request: IncomingMessage, maxBytes: number, share: InflightShare): Promise<Buffer> {
  const gunzip = createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES });
  // `pipe` says nothing to its target when the source is gone; without this a sender that leaves would be waited for.
  const onClose = (): void => {
    if (!request.complete) gunzip.destroy(new Error("the sender has gone away"));
  };
  request.once("close", onClose);
  try {
    const source: Readable = request.pipe(gunzip);
    return await collect(source, maxBytes, share);
  } finally {
    request.off("close", onClose);
    request.unpipe(gunzip);
    gunzip.destroy();
  }
}

function tooLarge(maxBytes: number): DomainError {
  return new DomainError("TOO_LARGE", [
    {
      message: `The body is larger than ${maxBytes} bytes (after decompression): send fewer events a request, or raise EVENTS_MAX_BODY`,
    },
  ]);
}
