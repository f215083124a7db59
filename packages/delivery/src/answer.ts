import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** What is read of an answer, and so the most that can be kept of it. */
export const ANSWER_BYTES_MAX = 64 * 1024;

/**
 * Reads what is worth reading of an answer's body: at most 64 KiB and for at most `graceMs`. Resolves to the first
 * `keepBytes` as text and whether the body ended, which makes the connection fit for another request. Never throws.
 */
export async function readAnswerBody(
  response: Readable,
  { graceMs, keepBytes }: { readonly graceMs: number; readonly keepBytes: number },
): Promise<{ readonly bodyStart: string; readonly ended: boolean }> {
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let readBytes = 0;
  const ended = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), graceMs);
    const finish = (value: boolean): void => {
      clearTimeout(timer);
      resolve(value);
    };
    response.on("data", (part: Buffer) => {
      if (keptBytes < keepBytes) {
        const piece = part.subarray(0, keepBytes - keptBytes);
        kept.push(piece);
        keptBytes += piece.length;
      }
      readBytes += part.length;
      if (readBytes > ANSWER_BYTES_MAX) finish(false);
    });
    response.once("end", () => finish(true));
    response.once("close", () => finish(response.readableEnded));
    // For good, not once: what happens to the connection later is nobody's concern, but must be heard.
    response.on("error", () => finish(false));
    if (response.destroyed) finish(response.readableEnded);
  });
  // A decoder leaves out a character that the cut left incomplete.
  return { bodyStart: new StringDecoder("utf8").write(Buffer.concat(kept)), ended };
}

/** An answer's headers as shown to people: lower-case names, repeated ones joined. */
export function flatHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
  );
}
