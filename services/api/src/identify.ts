import { createHash, timingSafeEqual } from "node:crypto";
import { admit, admitHolder, DomainError, GRANTS, idOfKeyText, apiKeyId } from "@posthorn/core";
import type { Admission, ApiKey } from "@posthorn/core";
import type { Caller } from "./caller.ts";
import type { KeyRing } from "./key-ring.ts";

/** Tells whose a key is. Throws `UNAUTHORIZED` when it is nobody's, any more. */
export interface Identify {
  /** By the text of a key. */
  byText(text: string): Promise<Caller>;
  /** By the id of a key whose text was shown before. */
  byKeyId(keyId: string): Promise<Caller>;
}

export interface IdentifyDeps {
  /** The key from the configuration: it may do everything, and is stored nowhere. */
  readonly bootstrapKey: string;
  readonly keyRing: Pick<KeyRing, "find" | "noteUsed">;
  /** Makes sure that a key which was revoked is not admitted; throws `UNAVAILABLE` when that cannot be told. */
  readonly ensureFresh: () => Promise<void>;
  readonly now: () => number;
}

const HOW_TO = "Send the API key in the Authorization header, as it is or as the user of HTTP Basic.";

export function createIdentify({ bootstrapKey, keyRing, ensureFresh, now }: IdentifyDeps): Identify {
  const expected = digest(bootstrapKey);
  const operator: Caller = {
    keyId: expected.toString("base64url").slice(0, 16),
    label: null,
    grants: GRANTS,
    subaccountId: null,
  };

  const callerOf = (admission: Admission<ApiKey>): Caller => {
    switch (admission.kind) {
      case "refused":
        throw unauthorized();
      case "expired":
        throw unauthorized("This API key has expired: use another one, or have a new one made.");
      case "admitted": {
        const { id, label, grants, subaccountId } = admission.key;
        keyRing.noteUsed(id);
        return { keyId: id, label, grants, subaccountId };
      }
    }
  };

  return {
    byText: async (text) => {
      if (timingSafeEqual(digest(text), expected)) return operator;
      const id = idOfKeyText(text);
      if (id === undefined) throw unauthorized();
      await ensureFresh();
      return callerOf(admit(keyRing.find(id), { text, nowMs: now() }));
    },
    byKeyId: async (keyId) => {
      if (keyId === operator.keyId) return operator;
      const id = apiKeyId(keyId);
      if (id === undefined) throw unauthorized();
      await ensureFresh();
      return callerOf(admitHolder(keyRing.find(id), now()));
    },
  };
}

export function unauthorized(description = HOW_TO): DomainError {
  return new DomainError("UNAUTHORIZED", [{ message: "Unauthorized.", description }]);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
