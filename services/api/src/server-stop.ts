import type { Server, ServerResponse } from "node:http";
import { Server as TcpServer } from "node:net";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";

/** So long a connection without a request, made before the stop, is waited for: its request may be on the way. */
const REQUEST_PATIENCE_MS = 1_000;

interface Connection {
  readonly socket: Socket;
  /** Not ended yet, in order; several when requests are pipelined. */
  readonly answers: Set<ServerResponse>;
  /** What had been read when the last answer ended; `undefined` = none has ended yet. */
  restedAtBytes: number | undefined;
}

/**
 * Stops the server so that nobody gets an error but a refused connection, or the reset of a connection that was kept
 * and idle: nothing is listened to any more, every request that has come is answered with `Connection: close`, and what
 * is idle is closed. `signal` ends the patience. To be made before the server listens.
 */
export function createServerStop(server: Server): (signal: AbortSignal) => Promise<void> {
  const connections = new Map<Socket, Connection>();
  let isStopping = false;

  server.on("connection", (socket: Socket) => {
    connections.set(socket, { socket, answers: new Set(), restedAtBytes: undefined });
    socket.once("close", () => connections.delete(socket));
  });
  // Before Express, which may answer at once.
  server.prependListener("request", ({ socket }, response) => {
    const connection = connections.get(socket);
    if (connection === undefined) return;
    connection.answers.add(response);
    if (isStopping) endWithLast(connection);
    response.once("close", () => {
      connection.answers.delete(response);
      connection.restedAtBytes = socket.bytesRead;
      if (isStopping && connection.answers.size === 0) socket.destroySoon();
    });
  });

  return async (signal) => {
    isStopping = true;
    for (const connection of connections.values()) endWithLast(connection);
    // A connection that the system has accepted, and we have not, would be reset: a turn of the loop accepts it.
    await nextTurn();
    // Not the HTTP server's own: it would also cut off answers that are still being written.
    const closed = new Promise<void>((resolve) => TcpServer.prototype.close.call(server, () => resolve()));
    closeWhere(({ socket, restedAtBytes }) => restedAtBytes === socket.bytesRead);
    const late = setTimeout(() => closeWhere(() => true), REQUEST_PATIENCE_MS);

    const cut = (): void => {
      for (const { socket } of connections.values()) socket.destroy();
    };
    signal.addEventListener("abort", cut, { once: true });
    if (signal.aborted) cut();
    await closed;
    clearTimeout(late);
  };

  /** Closes those without a request that has come. */
  function closeWhere(isIdle: (connection: Connection) => boolean): void {
    for (const connection of connections.values()) {
      if (connection.answers.size === 0 && isIdle(connection)) connection.socket.destroy();
    }
  }
}

/** Has the last of the connection's answers say that the connection ends with it: what is behind that is never sent. */
function endWithLast({ answers }: Connection): void {
  const unsent = [...answers].filter((answer) => !answer.headersSent);
  for (const answer of unsent) answer.removeHeader("Connection");
  unsent.at(-1)?.setHeader("Connection", "close");
}
