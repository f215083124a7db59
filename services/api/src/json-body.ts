import { isUtf8 } from "node:buffer";
import type { Request } from "express";
import { DomainError, jsonShape } from "@posthorn/core";

/** No definition comes near this size. */
const BODY_BYTES_MAX = 1024 * 1024;
/** Deeper than any definition; keeps `JSON.parse` from exhausting the stack. */
const NESTING_MAX = 64;

/**
 * Reads the JSON body of a management call; one that may be left out counts as `{}`. Throws `DomainError` for whatever
 * is wrong with it.
 */
export async function readJsonBody(
  request: Request,
  { mayBeEmpty = false }: { readonly mayBeEmpty?: boolean } = {},
): Promise<unknown> {
  const type = request.headers["content-type"];
  if (type !== undefined && !/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new DomainError("UNSUPPORTED_TYPE", [
      {
        message: "The body has to be JSON: send Content-Type: application/json",
        param: "Content-Type",
        value: type,
        code: "1700",
      },
    ]);
  }
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw new DomainError("UNSUPPORTED_TYPE", [
      { message: "Send the body uncompressed", param: "Content-Encoding", value: encoding },
    ]);
  }
  const body = await readBytes(request);
  if (!isUtf8(body)) {
    throw new DomainError("INVALID", [{ message: "The body is not valid UTF-8", code: "1305" }]);
  }
  return mayBeEmpty && body.length === 0 ? {} : parseJson(body.toString("utf8"));
}

/** `JSON.parse` for text from outside: bounded nesting, and no name twice in one object. Throws `DomainError`. */
export function parseJson(text: string): unknown {
  const { depth, duplicate } = jsonShape(text, NESTING_MAX);
  if (depth > NESTING_MAX) {
    throw new DomainError("INVALID", [{ message: `The body nests deeper than ${NESTING_MAX} levels` }]);
  }
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    throw new DomainError("INVALID", [
      { message: `The body is not valid JSON: ${error instanceof Error ? error.message : ""}` },
    ]);
  }
  if (duplicate !== undefined) {
    throw new DomainError("INVALID", [
      { message: "The name appears twice in one object: send it once", param: duplicate },
    ]);
  }
  return value;
}

async function readBytes(request: Request): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    // Left intact when it is too large, or the answer could not be given.
    for await (const part of request.iterator({ destroyOnReturn: false })) {
      const buffer = part as Buffer;
      bytes += buffer.length;
      if (bytes > BODY_BYTES_MAX) {
        throw new DomainError("TOO_LARGE", [{ message: `The body is larger than ${BODY_BYTES_MAX} bytes: send less` }]);
      }
      parts.push(buffer);
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError("INVALID", [{ message: "The body was cut off: send it again" }], { cause: error });
  }
  return Buffer.concat(parts, bytes);
}
