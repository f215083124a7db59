import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { createRequestReader } from "./request-reader.ts";
import type { RequestReader, SeenRequest } from "./request-reader.ts";
import type { SelfSigned } from "./self-signed.ts";

/** One request, or one connection on which none need ever come, that is up to the misbehaviour. */
export interface Visit {
  /** Of a secure target the one below TLS. */
  readonly socket: Socket;
  readonly request: RequestReader;
}

/** Resolves when it is done; a connection that is still open then is served well. */
export type Play = (visit: Visit) => Promise<unknown> | void;

/** A target that serves well, misbehaves once when it is told to, and serves well again. */
export interface MisbehavingTarget {
  readonly url: string;
  /** What the next connection, or the next request of a kept one, meets. */
  misbehaveOnce(play: Play): void;
  /** Whether it has begun to. */
  hasMisbehaved(): boolean;
  /** Requests of which at least the head was read, in order; test POSTs are left out. */
  requests(): SeenRequest[];
  /** Ends listening and every connection; `listen` listens on the same port again. */
  stop(): Promise<void>;
  listen(): Promise<void>;
}

interface MisbehavingTargetOptions {
  /** The certificate that it serves well with; without one it speaks plain HTTP. */
  readonly certificate?: SelfSigned | undefined;
}

const TEST_BODY = '[{"msys":{}}]';
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

export async function startMisbehavingTarget({ certificate }: MisbehavingTargetOptions): Promise<MisbehavingTarget> {
  const readers: RequestReader[] = [];
  const sockets = new Set<Socket>();
  let next: Play | undefined;
  let hasMisbehaved = false;
  let port = 0;

  const serve = async (socket: Socket): Promise<void> => {
    const served = next === undefined ? secure(socket, certificate) : socket;
    for (let isNew = true; ; isNew = false) {
      const request = createRequestReader(served);
      readers.push(request);
      if ((!isNew || next === undefined) && !(await request.begun())) return;
      const play = next;
      if (play === undefined) {
        await request.whole();
        served.write(OK);
      } else {
        next = undefined;
        hasMisbehaved = true;
        await play({ socket, request });
      }
      if (served.destroyed || served.writableEnded) return;
    }
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
    // A client that leaves in the middle of a request is no fault of the target's.
    serve(socket).catch(() => socket.destroy());
  });
  const listen = async (): Promise<void> => {
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  };

  await listen();
  return {
    url: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}/hook?a=1`,
    misbehaveOnce: (play) => {
      next = play;
    },
    hasMisbehaved: () => hasMisbehaved,
    requests: () =>
      readers
        .map((reader) => reader.seen())
        .filter((seen) => seen !== undefined)
        .filter(({ body }) => body.toString() !== TEST_BODY),
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    listen,
  };
}

/** The connection inside TLS, or as it is when there is no certificate to show. */
export function secure(socket: Socket, certificate: SelfSigned | undefined): Socket {
  if (certificate === undefined) return socket;
  const inside = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(certificate) });
  inside.on("error", () => socket.destroy());
  return inside;
}
