import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";
import { admit, DomainError, GRANTS, idOfKeyText } from "@posthorn/core";
import { setCaller } from "./caller.ts";
import type { Caller } from "./caller.ts";
import type { KeyRing } from "./key-ring.ts";

export interface AuthDeps {
  /** The key from the configuration: it may do everything, and is stored nowhere. */
  readonly bootstrapKey: string;
  readonly keyRing: Pick<KeyRing, "find" | "noteUsed">;
  /** Makes sure that a key which was revoked is not admitted; throws `UNAVAILABLE` when that cannot be told. */
  readonly ensureFresh: () => Promise<void>;
  readonly now: () => number;
}

const HOW_TO = "Send the API key in the Authorization header, as it is or as the user of HTTP Basic.";

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

/** Lets only requests with a valid key pass; `callerOf` then tells whose they are. */
export function authenticate({ bootstrapKey, keyRing, ensureFresh, now }: AuthDeps): RequestHandler {
  const expected = digest(bootstrapKey);
  const operator: Caller = { keyId: expected.toString("base64url").slice(0, 16), grants: GRANTS, subaccountId: null };

  const identify = async (text: string | undefined): Promise<Caller> => {
    if (text === undefined) throw unauthorized(HOW_TO);
    if (timingSafeEqual(digest(text), expected)) return operator;
    const id = idOfKeyText(text);
    if (id === undefined) throw unauthorized(HOW_TO);
    await ensureFresh();
    const admission = admit(keyRing.find(id), { text, nowMs: now() });
    switch (admission.kind) {
      case "refused":
        throw unauthorized(HOW_TO);
      case "expired":
        throw unauthorized("This API key has expired: use another one, or have a new one made.");
      case "admitted": {
        keyRing.noteUsed(id);
        const { grants, subaccountId } = admission.key;
        return { keyId: id, grants, subaccountId };
      }
    }
  };

  return async (request, response, next) => {
    setCaller(response, await identify(keyFrom(request.headers.authorization)));
    next();
  };
}

function unauthorized(description: string): DomainError {
  return new DomainError("UNAUTHORIZED", [{ message: "Unauthorized.", description }]);
}
