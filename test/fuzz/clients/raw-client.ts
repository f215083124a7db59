import { connect } from "node:net";
import { parseAnswers } from "./parse-answers.ts";
import type { ParsedAnswers } from "./parse-answers.ts";

/** A server that has said nothing for so long waits for more. */
const QUIET_MS = 200;
const CLOSED_WITHIN_MS = 15_000;

/**
 * Sends bytes on a connection of their own and resolves to what comes back until the server closes it. Half-closes it at
 * once when `isCut`, else when the server has become quiet. Rejects when the server then keeps it open.
 */
export function exchangeRaw(port: number, bytes: Buffer, isCut: boolean): Promise<ParsedAnswers> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const end = (): void => void socket.end();
    let quiet = setTimeout(end, CLOSED_WITHIN_MS);
    const hushed = (): void => {
      clearTimeout(quiet);
      quiet = setTimeout(end, QUIET_MS);
    };
    const overdue = setTimeout(
      () => socket.destroy(new Error("the server neither answered nor closed the connection")),
      CLOSED_WITHIN_MS,
    );
    let failure: Error | undefined;
    socket.once("connect", () => {
      socket.write(bytes);
      if (isCut) end();
      else hushed();
    });
    socket.on("data", (part) => {
      parts.push(part);
      if (!isCut) hushed();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // What it has not read of the rubbish makes its closing a reset.
      if (error.code !== "ECONNRESET" && error.code !== "EPIPE") failure = error;
    });
    socket.once("end", end);
    socket.once("close", () => {
      clearTimeout(quiet);
      clearTimeout(overdue);
      if (failure === undefined) resolve(parseAnswers(Buffer.concat(parts)));
      else reject(failure);
    });
  });
}
