import type { IncomingMessage } from "node:http";

/** How long a sender may go on sending what nobody will read. */
const PATIENCE_MS = 2_000;

/**
 * Reads and throws away what is left of a request's body, so that a sender that answers are read by only after
 * sending hears why it was refused, and can use its connection again. An answer given while bytes are still coming
 * is often lost: closing a socket with unread bytes resets it.
 * Resolves at the end of the body, when the sender is gone, or after two seconds.
 */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      for (const event of ["end", "close", "error"]) request.off(event, done);
      resolve();
    };
    const timer = setTimeout(done, PATIENCE_MS);
    for (const event of ["end", "close", "error"]) request.once(event, done);
    request.resume();
  });
}
