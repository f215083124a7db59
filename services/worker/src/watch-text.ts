import { MissingChunkError } from "@posthorn/store";

/** The text of a batch as it is read, once or twice, and whether it was found to be incomplete. */
export interface WatchedText {
  readonly body: () => AsyncGenerator<Buffer>;
  /** True when Redis no longer has all of it: whatever is done, it cannot be sent. */
  readonly isLost: () => boolean;
}

/** Watches whether what `read` gives comes to exactly `bodyBytes`. */
export function watchText(read: () => AsyncIterable<Buffer>, bodyBytes: number): WatchedText {
  let isLost = false;

  async function* body(): AsyncGenerator<Buffer> {
    let bytes = 0;
    try {
      for await (const part of read()) {
        bytes += part.length;
        if (bytes > bodyBytes) isLost = true;
        yield part;
      }
    } catch (error) {
      if (error instanceof MissingChunkError) isLost = true;
      throw error;
    }
    if (bytes < bodyBytes) isLost = true;
  }

  return { body, isLost: () => isLost };
}
