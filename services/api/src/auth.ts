import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";
import { DomainError } from "@posthorn/core";

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** The key in an `Authorization` header: as it is, or as the user of HTTP Basic. */
export function keyFrom(header: string | undefined): string | undefined {
  const text = header?.trim();
  if (text === undefined || text === "") return undefined;
  const basic = /^Basic\s+(\S+)$/i.exec(text)?.[1];
  if (basic === undefined) return text;
  const decoded = Buffer.from(basic, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return colon < 0 ? decoded : decoded.slice(0, colon);
}

/** Lets only requests with the key pass; `response.locals.keyId` then tells keys apart without showing them. */
export function authenticate(apiKey: string): RequestHandler {
  const expected = digest(apiKey);
  const keyId = expected.toString("base64url").slice(0, 16);
  return (request, response, next) => {
    const key = keyFrom(request.headers.authorization);
    if (key === undefined || !timingSafeEqual(digest(key), expected)) {
      throw new DomainError("UNAUTHORIZED", [
        {
          message: "Unauthorized.",
          description: "Send the API key in the Authorization header, as it is or as the user of HTTP Basic.",
        },
      ]);
    }
    response.locals["keyId"] = keyId;
    next();
  };
}
