import type { Socket } from "node:net";

/** What the target sent before its reset has arrived; reading it takes a turn of the event loop or a few. */
const READING_MS = 250;

type WriteDone = (error?: Error | null) => void;

/**
 * Lets a connection that can no longer be written to still be read.
 *
 * A target that refuses a large body answers (401, 413) and closes while we are still sending. Its system then resets
 * the connection. The answer lies in our receive buffer, but the next write fails first, and the platform destroys the
 * connection on a failed write. So a failed write is kept pending: the reading side finds the answer, or the same
 * error, by itself.
 */
export function readAfterReset(socket: Socket): void {
  const hold =
    (done: WriteDone): WriteDone =>
    (error) => {
      if (error === undefined || error === null) return done();
      const timer = setTimeout(() => done(error), READING_MS);
      socket.once("close", () => clearTimeout(timer));
    };
  // The platform's own names for what an implementation of a stream provides.
  /* oxlint-disable no-underscore-dangle */
  const write = socket._write.bind(socket);
  socket._write = (chunk, encoding, done) => write(chunk, encoding, hold(done));
  const writeMany = socket._writev?.bind(socket);
  if (writeMany !== undefined) socket._writev = (chunks, done) => writeMany(chunks, hold(done));
  /* oxlint-enable no-underscore-dangle */
}
