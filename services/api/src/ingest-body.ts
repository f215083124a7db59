import type { IncomingMessage } from "node:http";
import { DomainError } from "@posthorn/core";
import { atPace } from "./body-pace.ts";
import type { BodyPace } from "./body-pace.ts";
import { gunzipBody } from "./gunzip-body.ts";
import type { InflightShare } from "./inflight-bytes.ts";
import { BODY_PACE } from "./server-limits.ts";

/**
 * Reads a body, decompressed, of at most `maxBytes`. Nothing is kept that `share` has no room for. Throws
 * `DomainError` when the body is too large, too slow, not decodable or cut off; the request is then left paused, not destroyed,
 * so that it can still be answered.
 */
export async function readIngestBody(
  request: IncomingMessage,
  maxBytes: number,
  share: InflightShare,
  pace: BodyPace = BODY_PACE,
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
    const sent = await readSent(request, { declaredBytes, maxBytes, share, pace });
    if (encoding === "identity") return sent;
    const body = await gunzipBody(sent, maxBytes, share);
    if (body === undefined) throw tooLarge(maxBytes);
    return body;
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

async function readSent(
  request: IncomingMessage,
  limits: {
    readonly declaredBytes: number | undefined;
    readonly maxBytes: number;
    readonly share: InflightShare;
    readonly pace: BodyPace;
  },
): Promise<Buffer> {
  const { declaredBytes, maxBytes, share, pace } = limits;
  const source = atPace(request.iterator({ destroyOnReturn: false }), pace);
  return declaredBytes === undefined
    ? collect(source, maxBytes, share)
    : fill(source, Buffer.allocUnsafeSlow(declaredBytes));
}

/** The length is known: no second copy. */
async function fill(source: AsyncIterable<Buffer>, body: Buffer): Promise<Buffer> {
  let bytes = 0;
  for await (const part of source) bytes += part.copy(body, bytes);
  return body.subarray(0, bytes);
}

/** The length is not known: for a moment the body is held twice, in parts and joined. */
async function collect(source: AsyncIterable<Buffer>, maxBytes: number, share: InflightShare): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of source) {
    bytes += part.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    share.reach(2 * bytes);
    parts.push(part);
  }
  return Buffer.concat(parts, bytes);
}

function tooLarge(maxBytes: number): DomainError {
  return new DomainError("TOO_LARGE", [
    {
      message: `The body is larger than ${maxBytes} bytes (after decompression): send fewer events a request, or raise EVENTS_MAX_BODY`,
    },
  ]);
}
