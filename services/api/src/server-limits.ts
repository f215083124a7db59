import type { ServerOptions } from "node:http";
import type { BodyPace } from "./body-pace.ts";

/**
 * How slowly a client may send before its connection is closed with 408, so that a few machines cannot hold all of them:
 * the platform waits a minute for a head. A body of 32 MB may come over a slow line.
 */
export const SERVER_LIMITS: ServerOptions = {
  headersTimeout: 20_000,
  requestTimeout: 300_000,
  connectionsCheckingInterval: 5_000,
};

/**
 * A body with events holds its share of `INGEST_MAX_INFLIGHT` from its beginning: a few senders on slow lines, or one that
 * means it, would keep all others out.
 */
export const BODY_PACE: BodyPace = { graceMs: 10_000, bytesPerSecond: 64 * 1024 };
