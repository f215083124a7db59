import { request as httpRequest } from "node:http";
import type { ClientRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, isIPv6 } from "node:net";
import type { LookupFunction, Socket } from "node:net";
import { errorCodeOf } from "../error-code.ts";
import { isOurShortage } from "../our-shortage.ts";
import { basic, splitCredentials } from "../url-credentials.ts";
import { proxyError } from "./proxy-error.ts";

/** Connections to targets that the operator's proxy makes. */
export interface Tunnel {
  /** Resolves to a connection that leads to the target; rejects with `EPROXY_…` when the proxy made none. */
  open(target: { readonly host: string; readonly port: number }): Promise<Socket>;
  /** Gives up those that are being made. */
  close(): void;
}

interface TunnelOptions {
  /** `http://user:password@proxy:3128`, or https. */
  readonly proxy: string;
  /** For the proxy to make a connection. */
  readonly withinMs: number;
  /** Finds the proxy. */
  readonly lookup: LookupFunction;
  /** Whose certificates of the proxy to trust, PEM; the platform's authorities unless given. */
  readonly ca?: Buffer | string;
}

/**
 * Asks for each connection by CONNECT, also where the target speaks plain HTTP. The other way, to send such requests to
 * the proxy itself, would let it read and change them, and nobody could tell its refusals from the target's answers: a
 * 410 of the proxy would switch a webhook off.
 */
export function createTunnel({ proxy, withinMs, lookup, ca }: TunnelOptions): Tunnel {
  const { url, credentials } = splitCredentials(proxy);
  const { protocol, hostname } = new URL(url);
  const request = protocol === "https:" ? httpsRequest : httpRequest;
  // Else the platform would check the proxy's certificate for the name in the Host header, which is the target's.
  const servername = isIP(hostname.replace(/^\[|\]$/g, "")) === 0 ? hostname : "";
  const underWay = new Set<ClientRequest>();

  return {
    open: ({ host, port }) => {
      const target = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
      return new Promise((resolve, reject) => {
        const asking = request(url, {
          method: "CONNECT",
          path: target,
          headers: {
            Host: target,
            ...(credentials === undefined ? {} : { "Proxy-Authorization": basic(credentials) }),
          },
          agent: false,
          lookup,
          servername,
          ...(ca === undefined ? {} : { ca }),
        });
        const timer = setTimeout(() => {
          reject(proxyError({ kind: "silent" }, target));
          asking.destroy();
        }, withinMs);
        underWay.add(asking);
        asking.once("close", () => {
          clearTimeout(timer);
          underWay.delete(asking);
        });
        // For good: after the time is over, its end must still be heard.
        asking.on("error", (error) => {
          const code = errorCodeOf(error);
          reject(isOurShortage(code) ? error : proxyError({ kind: "unreachable", code }, target));
        });
        asking.once("connect", ({ statusCode: status = 0 }, socket: Socket, head) => {
          clearTimeout(timer);
          if (status < 200 || status > 299) {
            socket.destroy();
            return reject(proxyError({ kind: "answered", status }, target));
          }
          if (head.length > 0) socket.unshift(head);
          // Heard by whoever uses the connection, too, unless nobody does any more.
          socket.on("error", () => undefined);
          resolve(socket);
        });
        asking.end();
      });
    },
    close: () => {
      for (const asking of underWay) asking.destroy();
    },
  };
}
