import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import type { Sealed } from "./webhook.ts";

/** Encrypts what must not be readable in Redis: credentials of targets. */
export interface SecretBox {
  /** `context` binds the text to its place, e.g. `<webhook id>:auth_token`: elsewhere it cannot be opened. */
  seal(text: string, context: string): Sealed;
  /** Throws when the text was sealed with another secret or for another context. */
  open(sealed: Sealed, context: string): string;
  /** The same text when it was sealed with the current secret, else sealed with that one. Throws as `open` does. */
  reseal(sealed: Sealed, context: string): Sealed;
  /** The same for everybody who holds the same secret; tells nothing about it. */
  checkValue(): string;
  /** That of the previous secret; `undefined` when there is none. */
  previousCheckValue(): string | undefined;
}

interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function deriveKey(secret: string): Key {
  const bytes = Buffer.from(hkdfSync("sha256", secret, "posthorn", "target credentials", 32));
  return { id: createHash("sha256").update(bytes).digest("base64url").slice(0, 8), bytes };
}

/**
 * AES-256-GCM with a key derived from `secret`; texts sealed with `previous` can still be opened, so that a secret can
 * be changed while processes run.
 */
export function createSecretBox(secret: string, previous?: string): SecretBox {
  const current = deriveKey(secret);
  const before = previous === undefined ? undefined : deriveKey(previous);
  const keys = new Map([current, ...(before === undefined ? [] : [before])].map((key) => [key.id, key]));

  const seal = (text: string, context: string): Sealed => {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", current.bytes, nonce);
    cipher.setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1.${current.id}.${nonce.toString("base64url")}.${body.toString("base64url")}` as Sealed;
  };

  const open = (sealed: Sealed, context: string): string => {
    const [version, id, nonce, body] = sealed.split(".");
    const key = keys.get(id ?? "");
    if (version !== "v1" || key === undefined || nonce === undefined || body === undefined) {
      throw new Error(
        "a stored secret was encrypted with another POSTHORN_SECRET; set that one as POSTHORN_SECRET_PREVIOUS",
      );
    }
    try {
      const bytes = Buffer.from(body, "base64url");
      const decipher = createDecipheriv("aes-256-gcm", key.bytes, Buffer.from(nonce, "base64url"), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString("utf8");
    } catch (error) {
      throw new Error(`the stored secret ${context} was altered or moved; set it anew`, { cause: error });
    }
  };

  return {
    seal,
    open,
    reseal: (sealed, context) =>
      sealed.startsWith(`v1.${current.id}.`) ? sealed : seal(open(sealed, context), context),
    checkValue: () => checkValueOf(current),
    previousCheckValue: () => (before === undefined ? undefined : checkValueOf(before)),
  };
}

function checkValueOf({ bytes }: Key): string {
  return createHash("sha256").update("check").update(bytes).digest("base64url");
}
