import type { AttemptOutcome } from "@posthorn/core";
import { createAgents, isUnanswered } from "./agents.ts";
import { flatHeaders, readAnswerBody } from "./answer.ts";
import { unreachableReason } from "./classify.ts";
import { errorCodeOf, failureOf } from "./failure.ts";
import { createPost } from "./post.ts";
import type { PostResult } from "./post.ts";
import { parseRetryAfterMs } from "./retry-after.ts";
import { createUpload } from "./upload.ts";

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
  /** Connections to one target at a time; attempts beyond wait for one while their time runs. Unlimited by default. */
  readonly maxSocketsPerTarget?: number;
  /** Whose certificates to trust, PEM; the platform's authorities unless given. */
  readonly ca?: Buffer;
}

/** `close` drops the connections; attempts that are still under way then fail, so end them first. */
export function createDeliver(options: DeliverOptions): { readonly deliver: Deliver; close(): void } {
  const { userAgent, timeoutMs, responseGraceMs = 1_000, ...connecting } = options;
  const kept = createAgents({ ...connecting, keepAlive: true });
  const fresh = createAgents({ ...connecting, keepAlive: false });
  const post = createPost(userAgent);

  const deliver: Deliver = async (request) => {
    const startedAtMs = performance.now();
    const latencyMs = (): number => performance.now() - startedAtMs;
    const ending = new AbortController();
    let isTimedOut = false;
    const timer = setTimeout(() => {
      isTimedOut = true;
      ending.abort();
    }, timeoutMs);
    // Not AbortSignal.any: on Node 20 it leaves something behind on a long-lived signal at each call.
    const stop = (): void => ending.abort();
    request.signal?.addEventListener("abort", stop);
    if (request.signal?.aborted === true) stop();
    let upload = createUpload(request.body, request.bodyBytes);
    try {
      let result = await post(request, upload, ending.signal, kept);
      if (isStaleConnection(result) && !ending.signal.aborted && upload.failure() === undefined) {
        // The target closed the idle connection while we wrote to it: it has not seen this request.
        upload.stream.destroy();
        upload = createUpload(request.body, request.bodyBytes);
        result = await post(request, upload, ending.signal, fresh);
      }
      clearTimeout(timer);
      if (result.kind === "response") return await readAnswer(result, latencyMs(), responseGraceMs);
      const isStopped = request.signal?.aborted === true;
      return failureOf(result, { upload, isTimedOut, isStopped, latencyMs: latencyMs() });
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", stop);
      upload.stream.destroy();
    }
  };

  return {
    deliver,
    close: () => {
      for (const agent of [kept.http, kept.https, fresh.http, fresh.https]) agent.destroy();
    },
  };
}

function isStaleConnection(result: PostResult): boolean {
  if (result.kind === "response" || result.request?.reusedSocket !== true) return false;
  return unreachableReason(errorCodeOf(result.error)) === "reset" && isUnanswered(result.request);
}

async function readAnswer(
  { request, response }: Extract<PostResult, { kind: "response" }>,
  latencyMs: number,
  graceMs: number,
): Promise<AttemptOutcome> {
  const { bodyStart, ended } = await readAnswerBody(response, graceMs);
  // Only a complete exchange leaves a connection fit for another one. An answer that came before the upload ended is
  // the answer: the rest of the body is not sent.
  if (!ended || !request.writableFinished) request.destroy();
  const headers = flatHeaders(response.headers);
  const retryAfterMs = parseRetryAfterMs(headers["retry-after"], Date.now());
  return {
    kind: "answered",
    status: response.statusCode ?? 0,
    headers,
    bodyStart,
    latencyMs,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
