import { Readable } from "node:stream";

/** How much of a body waits in this process while the target's socket is busy. */
const BUFFERED_BYTES = 128 * 1024;

/** A body on its way to a target, and what became of it. */
export interface Upload {
  readonly stream: Readable;
  /** What went wrong on our side, if anything did: then the attempt says nothing of the target. */
  readonly failure: () => Error | undefined;
  /** True when the next move is the target's: it has to take what was offered. */
  readonly isWaitingForTarget: () => boolean;
}

/** Streams `body`, which must come to exactly `bodyBytes`, with back-pressure. */
export function createUpload(body: AsyncIterable<Buffer>, bodyBytes: number): Upload {
  let failure: Error | undefined;
  let isReading = false;

  async function* watched(): AsyncGenerator<Buffer> {
    let sent = 0;
    try {
      isReading = true;
      for await (const part of body) {
        sent += part.length;
        if (sent > bodyBytes) break;
        isReading = false;
        yield part;
        isReading = true;
      }
      isReading = false;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw failure;
    }
    if (sent !== bodyBytes) {
      failure = new Error(`the stored body has ${sent} bytes or more instead of ${bodyBytes}`);
      throw failure;
    }
  }

  return {
    stream: Readable.from(watched(), { objectMode: false, highWaterMark: BUFFERED_BYTES }),
    failure: () => failure,
    isWaitingForTarget: () => !isReading,
  };
}
