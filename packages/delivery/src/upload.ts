import { Readable } from "node:stream";

/** How much of a body waits in this process while the target's socket is busy. */
const BUFFERED_BYTES = 128 * 1024;

/** What is sent: a small body as a whole, or what gives a large one piece by piece, from its beginning at each call. */
export type Body = Buffer | (() => AsyncIterable<Buffer>);

/** A body on its way to a target, and what became of it. */
export interface Upload {
  readonly data: Readable | Buffer;
  /** What went wrong on our side, if anything did: then the attempt says nothing of the target. */
  readonly failure: () => Error | undefined;
  /**
   * For how long, from `readyAtMs` on, the next move was the target's: it had to take what was offered. Errs on the
   * short side. Times are by `performance.now()`.
   */
  readonly waitedForTargetMs: (readyAtMs: number) => number;
  /** Nothing more of it is wanted. */
  end(): void;
}

/** Offers what `body` gives, which must come to exactly `bodyBytes`; streamed with back-pressure. */
export function createUpload(body: Body, bodyBytes: number): Upload {
  return Buffer.isBuffer(body) ? wholeUpload(body, bodyBytes) : streamUpload(body, bodyBytes);
}

/** All of it is there: whatever the time is spent for, it is not for us. */
function wholeUpload(body: Buffer, bodyBytes: number): Upload {
  const startedAtMs = performance.now();
  const failure =
    body.length === bodyBytes ? undefined : new Error(`the stored body has ${body.length} bytes, not ${bodyBytes}`);
  return {
    data: body,
    failure: () => failure,
    waitedForTargetMs: (readyAtMs) => Math.max(0, performance.now() - Math.max(readyAtMs, startedAtMs)),
    end: () => undefined,
  };
}

function streamUpload(body: () => AsyncIterable<Buffer>, bodyBytes: number): Upload {
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

  const stream = Readable.from(watched(), { objectMode: false, highWaterMark: BUFFERED_BYTES });
  return {
    data: stream,
    failure: () => failure,
    waitedForTargetMs: (readyAtMs) => {
      const nowMs = performance.now();
      const reading = readMs + (readingSinceMs === undefined ? 0 : nowMs - readingSinceMs);
      return Math.max(0, nowMs - Math.max(readyAtMs, startedAtMs) - reading);
    },
    end: () => stream.destroy(),
  };
}
