import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/** A target without HTTP of its own, for what no HTTP server would do. */
export interface RawTarget {
  readonly url: string;
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Gets a connection, all that has come on it so far at each piece of data, and its number from 1. */
export type Serve = (socket: Socket, received: string, connection: number) => void;

/** Starts a target that calls `serve` for each piece of data; `server` makes another kind of server, e.g. TLS. */
export async function startRawTarget(serve: Serve, server: Server = createServer()): Promise<RawTarget> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  server.on(isSecure(server) ? "secureConnection" : "connection", (socket: Socket) => {
    const number = ++connections;
    let received = "";
    socket.on("error", () => undefined);
    socket.on("data", (part) => {
      received += part.toString("latin1");
      serve(socket, received, number);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${isSecure(server) ? "https" : "http"}://127.0.0.1:${port}/hook?a=1`,
    port,
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isSecure(server: Server): boolean {
  return "setSecureContext" in server;
}

/** True when as many bytes have come as the head announces. */
export function isComplete(received: string): boolean {
  const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
  const head = received.indexOf("\r\n\r\n");
  return head >= 0 && received.length >= head + 4 + length;
}
