import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** What the proxy does with a CONNECT; `connect`: what it is there for. */
export type ProxyBehaviour = "connect" | { readonly status: number } | "hang" | "reset" | "cut";

/** A real forward proxy that does as it is told. Whatever a name is, it leads to this machine. */
export interface ForwardProxy {
  /** With user and password, if it wants them. */
  readonly url: string;
  /** Where connections were to lead, in order: `host:port`. */
  readonly connects: string[];
  /** Requests that were sent to the proxy itself to be passed on. */
  readonly passed: string[];
  behave(behaviour: ProxyBehaviour): void;
  /** Connections of clients that are open now. */
  readonly openConnections: () => number;
  close(): Promise<void>;
}

interface ForwardProxyOptions {
  /** `user:password`; anybody may use it unless given. */
  readonly credentials?: string;
  /** The proxy is then spoken to by TLS. */
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
}

export async function startForwardProxy({ credentials, tls }: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const connects: string[] = [];
  const passed: string[] = [];
  const sockets = new Set<Socket>();
  let behaviour: ProxyBehaviour = "connect";

  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
  });
  server.on("request", (request: IncomingMessage, response) => {
    passed.push(String(request.url));
    response.writeHead(501).end();
  });
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    client.on("error", () => undefined);
    connects.push(String(request.url));
    const wanted = `Basic ${Buffer.from(credentials ?? "").toString("base64")}`;
    const isAdmitted = credentials === undefined || request.headers["proxy-authorization"] === wanted;
    if (!isAdmitted) return refuse(client, 407);
    if (typeof behaviour === "object") return refuse(client, behaviour.status);
    switch (behaviour) {
      case "hang":
        client.resume().once("end", () => client.destroy());
        return;
      case "reset":
        client.destroy();
        return;
      case "cut":
        client.write("HTTP/1.1 200 OK\r\n\r\n", () => client.destroy());
        return;
      case "connect":
    }
    const { port } = new URL(`http://${request.url}`);
    const target = connect({ port: Number(port === "" ? 80 : port), host: "127.0.0.1" });
    target.once("connect", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(target).pipe(client);
    });
    target.on("error", () => refuse(client, 502)).on("close", () => client.destroy());
    client.on("close", () => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http${tls === undefined ? "" : "s"}://${credentials === undefined ? "" : `${credentials}@`}127.0.0.1:${port}`,
    connects,
    passed,
    behave: (told) => {
      behaviour = told;
    },
    openConnections: () => sockets.size,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function refuse(client: Socket, status: number): void {
  client.end(`HTTP/1.1 ${status} No\r\nContent-Length: 6\r\nRetry-After: 3600\r\n\r\nsecret`);
}
