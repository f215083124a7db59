import { createSigner } from "@posthorn/core";
import type { SignatureHeaders } from "@posthorn/core";
import { limitTime, within } from "./time-limit.ts";
import { createUpload } from "./upload.ts";
import type { Body } from "./upload.ts";

interface UnsignedBody {
  /** `whsec_…`, the current one first. */
  readonly secrets: readonly string[];
  readonly batchId: string;
  readonly timestampSeconds: number;
  readonly bodyBytes: number;
  readonly body: Body;
  readonly withinMs: number;
  readonly stop: AbortSignal | undefined;
}

export type SignedBody =
  | { readonly kind: "signed"; readonly headers: SignatureHeaders }
  /** Nothing of it is the target's fault: it has not been called. */
  | { readonly kind: "broken"; readonly message: string };

/** Reads a body once, without holding it, for its signature. It must come to exactly `bodyBytes`. Never throws. */
export async function signBody(input: UnsignedBody): Promise<SignedBody> {
  const { withinMs, stop, body, bodyBytes } = input;
  const limit = limitTime(withinMs, stop);
  const upload = createUpload(body, bodyBytes);

  const sign = async (): Promise<SignedBody> => {
    try {
      const signer = createSigner(input.secrets, input.batchId, input.timestampSeconds);
      if (Buffer.isBuffer(upload.data)) signer.update(upload.data);
      else for await (const part of upload.data) signer.update(part as Buffer);
      return { kind: "signed", headers: signer.headers() };
    } catch (error) {
      return broken(upload.failure()?.message ?? (error instanceof Error ? error.message : String(error)));
    }
  };

  try {
    // A store that hangs must not make the attempt last longer.
    const signed = await within(limit, sign());
    return (
      signed ?? broken(limit.isOver() ? "the body could not be read in time to sign it" : "the attempt was stopped")
    );
  } finally {
    limit.end();
    upload.end();
  }
}

function broken(message: string): SignedBody {
  return { kind: "broken", message };
}
