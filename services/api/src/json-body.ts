import { isUtf8 } from "node:buffer";
import type { Request } from "express";
import { DomainError, parseJson as parse } from "@posthorn/core";

/** No single definition comes near this size. */
const BODY_BYTES_MAX = 1024 * 1024;

/**
 * Reads the JSON body of a management call; one that may be left out counts as `{}`. Throws `DomainError` for whatever
 * is wrong with it.
 */
export async function readJsonBody(
  request: Request,
  { mayBeEmpty = false, maxBytes = BODY_BYTES_MAX }: { readonly mayBeEmpty?: boolean; readonly maxBytes?: number } = {},
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
  const body = await readBytes(request, maxBytes);
  if (!isUtf8(body)) {
    throw new DomainError("INVALID", [{ message: "The body is not valid UTF-8", code: "1305" }]);
  }
  return mayBeEmpty && body.length === 0 ? {} : parseJson(body.toString("utf8"));
}

/** Reads to the end a body that nothing is made of. Throws `DomainError` when it is too large, or cut off. */
export async function ignoreBody(request: Request): Promise<void> {
  await readBytes(request, BODY_BYTES_MAX);
}

/** The value in a text from outside. Throws `DomainError`. */
export function parseJson(text: string): unknown {
  const parsed = parse(text, "The body");
  if (parsed.kind === "bad") throw new DomainError("INVALID", [parsed.problem]);
  return parsed.value;
}

async function readBytes(request: Request, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    // Left intact when it is too large, or the answer could not be given.
    for await (const part of request.iterator({ destroyOnReturn: false })) {
      const buffer = part as Buffer;
      bytes += buffer.length;
      if (bytes > maxBytes) {
        throw new DomainError("TOO_LARGE", [{ message: `The body is larger than ${maxBytes} bytes: send less` }]);
      }
      parts.push(buffer);
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError("INVALID", [{ message: "The body was cut off: send it again" }], { cause: error });
  }
  return Buffer.concat(parts, bytes);
}
