import { isUtf8 } from "node:buffer";
import type { Request } from "express";
import { DomainError } from "@posthorn/core";

/** No definition comes near this size. */
const BODY_BYTES_MAX = 1024 * 1024;
/** Deeper than any definition; keeps `JSON.parse` from exhausting the stack. */
const NESTING_MAX = 64;

/** Reads the JSON body of a management call. Throws `DomainError` for whatever is wrong with it. */
export async function readJsonBody(request: Request): Promise<unknown> {
  const type = request.headers["content-type"];
  if (type !== undefined && !/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
    throw new DomainError("UNSUPPORTED_TYPE", [
      {
        message: "The body has to be JSON: send Content-Type: application/json",
        param: "Content-Type",
        value: type,
        code: "1700",
      },
    ]);
  }
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    const buffer = part as Buffer;
    bytes += buffer.length;
    if (bytes > BODY_BYTES_MAX) {
      throw new DomainError("TOO_LARGE", [{ message: `The body is larger than ${BODY_BYTES_MAX} bytes` }]);
    }
    parts.push(buffer);
  }
  const body = Buffer.concat(parts);
  if (!isUtf8(body)) {
    throw new DomainError("INVALID", [{ message: "The body is not valid UTF-8", code: "1305" }]);
  }
  if (isTooDeep(body)) {
    throw new DomainError("INVALID", [{ message: `The body has more than ${NESTING_MAX} nested values` }]);
  }
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch (error) {
    throw new DomainError("INVALID", [
      { message: `The body is not valid JSON: ${error instanceof Error ? error.message : ""}` },
    ]);
  }
}

function isTooDeep(body: Buffer): boolean {
  let depth = 0;
  for (const byte of body) {
    if (byte === 0x7b || byte === 0x5b) {
      depth++;
      if (depth > NESTING_MAX) return true;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    }
  }
  return false;
}
