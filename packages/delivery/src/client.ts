import { Agent as HttpAgent } from "node:http";
import type { ClientRequest, IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Readable } from "node:stream";
import axios from "axios";
import type { AttemptOutcome } from "@posthorn/core";
import { flatHeaders, readAnswerBody } from "./answer.ts";
import { unreachableReason } from "./classify.ts";
import { parseRetryAfterMs } from "./retry-after.ts";
import { createUpload } from "./upload.ts";
import type { Upload } from "./upload.ts";

/** One batch to be POSTed once. */
export interface DeliverRequest {
  readonly target: string;
  readonly batchId: string;
  readonly authToken?: string;
  readonly bodyBytes: number;
  /** The body, from its beginning at each call. */
  readonly body: () => AsyncIterable<Buffer>;
  /** Ends the attempt for reasons of our own; the outcome is then `broken`. */
  readonly signal?: AbortSignal;
}

/** Makes one attempt. Never throws for what the target does, and never takes longer than its time and a grace. */
export type Deliver = (request: DeliverRequest) => Promise<AttemptOutcome>;

interface DeliverOptions {
  readonly userAgent: string;
  /** Wall clock from the start of the attempt to the head of the answer. */
  readonly timeoutMs: number;
  /** How much longer the answer's body is read; what it says does not matter to the outcome. */
  readonly responseGraceMs?: number;
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

const KEPT_ALIVE = { keepAlive: true, keepAliveMsecs: 10_000, maxFreeSockets: 64, scheduling: "lifo" } as const;

/** What one try on one connection came to. */
type Try =
  | {
      readonly kind: "response";
      readonly request: ClientRequest;
      readonly response: Readable;
      readonly headers: IncomingHttpHeaders;
      readonly status: number;
    }
  | { readonly kind: "error"; readonly error: unknown; readonly request: ClientRequest | undefined };

export function createDeliver(options: DeliverOptions): { readonly deliver: Deliver; close(): void } {
  const { userAgent, timeoutMs, responseGraceMs = 1_000 } = options;
  const agents: Agents = { http: new HttpAgent(KEPT_ALIVE), https: new HttpsAgent(KEPT_ALIVE) };
  const client = axios.create({
    adapter: "http",
    method: "POST",
    proxy: false,
    maxRedirects: 0,
    decompress: false,
    maxBodyLength: Infinity,
    maxContentLength: Infinity,
    responseType: "stream",
    validateStatus: () => true,
  });

  const tryOnce = async (
    request: DeliverRequest,
    upload: Upload,
    signal: AbortSignal,
    { http, https }: Agents,
  ): Promise<Try> => {
    try {
      const {
        data,
        request: sent,
        status,
        headers,
      } = await client.request<Readable>({
        url: request.target,
        data: upload.stream,
        signal,
        httpAgent: http,
        httpsAgent: https,
        headers: {
          "Content-Type": "application/json",
          "Content-Length": String(request.bodyBytes),
          "X-MessageSystems-Batch-ID": request.batchId,
          ...(request.authToken === undefined ? {} : { "X-MessageSystems-Webhook-Token": request.authToken }),
          "User-Agent": userAgent,
          Accept: "*/*",
          "Accept-Encoding": "identity",
        },
      });
      return {
        kind: "response",
        request: sent as ClientRequest,
        response: data,
        headers: Object.fromEntries(Object.entries(headers)),
        status,
      };
    } catch (error) {
      return {
        kind: "error",
        error,
        request: axios.isAxiosError(error) ? (error.request as ClientRequest) : undefined,
      };
    }
  };

  const deliver: Deliver = async (request) => {
    const startedAt = performance.now();
    const latencyMs = (): number => performance.now() - startedAt;
    const clock = new AbortController();
    const timer = setTimeout(() => clock.abort(), timeoutMs);
    const signal = request.signal === undefined ? clock.signal : AbortSignal.any([clock.signal, request.signal]);
    let upload = createUpload(request.body(), request.bodyBytes);
    try {
      let result = await tryOnce(request, upload, signal, agents);
      if (result.kind === "error" && isStaleConnection(result) && !signal.aborted && upload.failure() === undefined) {
        // The target closed an idle connection while we wrote to it: it has not seen this request.
        upload.stream.destroy();
        upload = createUpload(request.body(), request.bodyBytes);
        const fresh: Agents = { http: new HttpAgent(), https: new HttpsAgent() };
        result = await tryOnce(request, upload, signal, fresh);
      }
      clearTimeout(timer);
      if (result.kind === "response") return await readAnswer(result, latencyMs());
      return failureOf(result, {
        brokenBy:
          upload.failure() ?? (request.signal?.aborted === true ? new Error("stopped by its worker") : undefined),
        timedOut: clock.signal.aborted,
        latencyMs: latencyMs(),
        waitsForTarget: upload.isWaitingForTarget(),
      });
    } finally {
      clearTimeout(timer);
      upload.stream.destroy();
    }
  };

  const readAnswer = async (
    { request, response, status, headers: received }: Extract<Try, { kind: "response" }>,
    latencyMs: number,
  ): Promise<AttemptOutcome> => {
    const { bodyStart, ended } = await readAnswerBody(response, responseGraceMs);
    // An answer that came before the upload ended is the answer; the rest of the body is not sent.
    if (!ended || !request.writableFinished) request.destroy();
    const headers = flatHeaders(received);
    const retryAfterMs = parseRetryAfterMs(headers["retry-after"], Date.now());
    return {
      kind: "answered",
      status,
      headers,
      bodyStart,
      latencyMs,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  };

  return {
    deliver,
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function errorCodeOf(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  if (typeof code === "string" && !code.startsWith("ERR_BAD_") && code !== "ERR_NETWORK") return code;
  return typeof cause?.code === "string" ? cause.code : "UNKNOWN";
}

function isStaleConnection({ error, request }: Extract<Try, { kind: "error" }>): boolean {
  return request?.reusedSocket === true && unreachableReason(errorCodeOf(error)) === "reset";
}

function failureOf(
  { error, request }: Extract<Try, { kind: "error" }>,
  facts: {
    readonly brokenBy: Error | undefined;
    readonly timedOut: boolean;
    readonly latencyMs: number;
    readonly waitsForTarget: boolean;
  },
): AttemptOutcome {
  const { brokenBy, timedOut, latencyMs, waitsForTarget } = facts;
  if (brokenBy !== undefined) return { kind: "broken", message: brokenBy.message, latencyMs };
  if (timedOut) {
    const wasConnected = request?.socket?.connecting === false;
    return {
      kind: "unreachable",
      reason: "timeout",
      errorCode: "ETIMEDOUT",
      message: "no answer within the time of an attempt",
      latencyMs,
      stalledUpload: wasConnected && !request.writableFinished && waitsForTarget,
    };
  }
  const errorCode = errorCodeOf(error);
  return {
    kind: "unreachable",
    reason: unreachableReason(errorCode),
    errorCode,
    message: error instanceof Error ? error.message : String(error),
    latencyMs,
    stalledUpload: false,
  };
}
