import { createGunzip } from "node:zlib";
import type { Request } from "express";
import { DomainError } from "@posthorn/core";
import type { EventFormat } from "@posthorn/core";

/** Bytes of event bodies that this process holds at the moment, bounded over all requests together. */
export interface InflightBytes {
  /** Takes bytes into account; throws `UNAVAILABLE` when there is no room. Returns what gives them back. */
  open(): { add(bytes: number): void; release(): void };
}

export function createInflightBytes(maxBytes: number): InflightBytes {
  let total = 0;
  return {
    open: () => {
      let own = 0;
      return {
        add: (bytes) => {
          // A single request may always come in, or a body near the limit could never be sent.
          if (total + bytes > maxBytes && total > own) {
            throw new DomainError(
              "UNAVAILABLE",
              [{ message: "Too many events are being taken in: repeat the request" }],
              {
                retryAfterSeconds: 1,
              },
            );
          }
          total += bytes;
          own += bytes;
        },
        release: () => {
          total -= own;
          own = 0;
        },
      };
    },
  };
}

/** How a request says its events are written. */
export function eventFormat(request: Request, fallback: EventFormat): EventFormat {
  const header = request.headers["content-type"];
  if (header === undefined) return fallback;
  const [type = "", ...parameters] = header
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const charset = parameters.find((part) => part.startsWith("charset="));
  const isUtf8 = charset === undefined || /^charset="?utf-8"?$/.test(charset);
  if (isUtf8 && (type === "application/json" || type === "application/x-www-form-urlencoded"))
    return fallback === "ndjson" ? "ndjson" : "json";
  if (isUtf8 && /^application\/(x-)?(ndjson|jsonlines)$/.test(type)) return "ndjson";
  throw new DomainError("UNSUPPORTED_TYPE", [
    {
      message: "Send events as application/json or application/x-ndjson, in UTF-8",
      param: "Content-Type",
      value: header,
      code: "1700",
    },
  ]);
}

/**
 * Reads a body, decompressed, of at most `maxBytes`. Every byte is taken into account by `account` before it is kept.
 * Throws `DomainError` when the body is too large, not decodable or cut off.
 */
export async function readIngestBody(
  request: Request,
  maxBytes: number,
  account: { add(bytes: number): void },
): Promise<Buffer> {
  const encoding = (request.headers["content-encoding"] ?? "identity").toLowerCase();
  if (encoding !== "identity" && encoding !== "gzip") {
    throw new DomainError("UNSUPPORTED_TYPE", [
      { message: "Send the body as it is or with Content-Encoding: gzip", param: "Content-Encoding", value: encoding },
    ]);
  }
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  const source = encoding === "gzip" ? request.pipe(createGunzip()) : request;
  const onAbort = (): void => void source.destroy(new Error("the client went away"));
  if (source !== request) request.once("aborted", onAbort);
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of source) {
      const buffer = part as Buffer;
      bytes += buffer.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      account.add(buffer.length);
      parts.push(buffer);
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError("INVALID", [
      { message: "The body could not be read: it is cut off or no valid gzip. Send it again" },
    ]);
  } finally {
    request.off("aborted", onAbort);
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, bytes);
}

function tooLarge(maxBytes: number): DomainError {
  return new DomainError("TOO_LARGE", [
    { message: `The body is larger than ${maxBytes} bytes after decompression: send fewer events a request` },
  ]);
}
