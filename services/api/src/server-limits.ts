import type { ServerOptions } from "node:http";

/**
 * How slowly a client may send before its connection is closed with 408, so that a few machines cannot hold all of them:
 * the platform waits a minute for a head. A body of 32 MB may come over a slow line.
 */
export const SERVER_LIMITS: ServerOptions = {
  headersTimeout: 20_000,
  requestTimeout: 300_000,
  connectionsCheckingInterval: 5_000,
};
