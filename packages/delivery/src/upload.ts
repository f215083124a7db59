import { Readable } from "node:stream";

/** How much of a body waits in this process while the target's socket is busy. */
const BUFFERED_BYTES = 128 * 1024;

/** A body on its way to a target, and what became of it. */
export interface Upload {
  readonly stream: Readable;
  /** What went wrong on our side, if anything did: then the attempt says nothing of the target. */
  readonly failure: () => Error | undefined;
  /**
   * For how long, from `readyAtMs` on, the next move was the target's: it had to take what was offered. Errs on the
   * short side. Times are by `performance.now()`.
   */
  readonly waitedForTargetMs: (readyAtMs: number) => number;
}

/** Streams what `body` gives, which must come to exactly `bodyBytes`, with back-pressure. */
export function createUpload(body: () => AsyncIterable<Buffer>, bodyBytes: number): Upload {
  const startedAtMs = performance.now();
  let failure: Error | undefined;
  let readMs = 0;
  let readingSinceMs: number | undefined;

  const beginReading = (): void => {
    readingSinceMs = performance.now();
  };
  const endReading = (): void => {
    if (readingSinceMs !== undefined) readMs += performance.now() - readingSinceMs;
    readingSinceMs = undefined;
  };

  async function* watched(): AsyncGenerator<Buffer> {
    let sent = 0;
    try {
      beginReading();
      for await (const part of body()) {
        endReading();
        sent += part.length;
        if (sent > bodyBytes) break;
        yield part;
        beginReading();
      }
      endReading();
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw failure;
    }
    if (sent !== bodyBytes) {
      failure = new Error(`the stored body has ${sent} bytes${sent > bodyBytes ? " or more" : ""}, not ${bodyBytes}`);
      throw failure;
    }
  }

  return {
    stream: Readable.from(watched(), { objectMode: false, highWaterMark: BUFFERED_BYTES }),
    failure: () => failure,
    waitedForTargetMs: (readyAtMs) => {
      const nowMs = performance.now();
      const reading = readMs + (readingSinceMs === undefined ? 0 : nowMs - readingSinceMs);
      return Math.max(0, nowMs - Math.max(readyAtMs, startedAtMs) - reading);
    },
  };
}
