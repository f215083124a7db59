import type { IncomingMessage } from "node:http";

/** How long a sender may go on sending what nobody will read, when the machine or the way is busy. */
const PATIENCE_MS = 10_000;
/** How long it may send nothing meanwhile. */
const SILENCE_MS = 2_000;

/**
 * Reads and throws away what is left of a request's body, so that a sender that answers are read by only after
 * sending hears why it was refused, and can use its connection again. An answer given while bytes are still coming
 * is often lost: closing a socket with unread bytes resets it.
 * Resolves at the end of the body, when the sender is gone or silent, or when it takes too long.
 */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  await new Promise<void>((resolve) => {
    const hear = (): void => {
      silence.refresh();
    };
    const done = (): void => {
      clearTimeout(silence);
      clearTimeout(patience);
      request.off("data", hear);
      for (const event of ["end", "close", "error"]) request.off(event, done);
      resolve();
    };
    const silence = setTimeout(done, SILENCE_MS);
    const patience = setTimeout(done, PATIENCE_MS);
    for (const event of ["end", "close", "error"]) request.once(event, done);
    request.on("data", hear);
    request.resume();
  });
}
