import type { AttemptOutcome } from "@posthorn/core";
import { isUnanswered } from "./agents.ts";
import type { AgentPair } from "./agent-pool.ts";
import { flatHeaders, readAnswerBody } from "./answer.ts";
import { unreachableReason } from "./classify.ts";
import { errorCodeOf } from "./error-code.ts";
import { failureOf } from "./failure.ts";
import { createPost } from "./post.ts";
import type { PostResult } from "./post.ts";
import { limitTime } from "./time-limit.ts";
import { createUpload } from "./upload.ts";
import type { Body } from "./upload.ts";

/** One message to be POSTed once. */
export interface SendRequest {
  /** Without credentials. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
  readonly body: Body;
  readonly agents: AgentPair;
  /** Wall clock until the head of the answer. */
  readonly withinMs: number;
  /** Ends it for reasons of our own; the outcome is then `broken`. */
  readonly stop?: AbortSignal;
  /** How much of the answer's body is kept. */
  readonly keepBytes: number;
}

/** Sends one message. Never throws for what the other side does, and takes at most its time and the grace. */
export type Send = (request: SendRequest) => Promise<AttemptOutcome>;

interface SendOptions {
  /** How much longer the answer's body is read; what it says does not matter to the outcome. */
  readonly responseGraceMs: number;
}

export function createSend({ responseGraceMs }: SendOptions): Send {
  const post = createPost();

  return async ({ url, headers, bodyBytes, body, agents, withinMs, stop, keepBytes }) => {
    const startedAtMs = performance.now();
    const latencyMs = (): number => performance.now() - startedAtMs;
    const limit = limitTime(withinMs, stop);
    let upload = createUpload(body, bodyBytes);
    try {
      const brokenBody = upload.failure();
      if (brokenBody !== undefined) {
        return { kind: "broken", reason: "ours", message: brokenBody.message, latencyMs: latencyMs() };
      }
      let result = await post({ url, headers, body: upload.data, signal: limit.signal, agents: agents.kept });
      if (isStaleConnection(result) && !limit.signal.aborted && upload.failure() === undefined) {
        // The target closed the idle connection while we wrote to it: it has not seen this request.
        upload.end();
        upload = createUpload(body, bodyBytes);
        result = await post({ url, headers, body: upload.data, signal: limit.signal, agents: agents.fresh });
      }
      limit.end();
      if (result.kind === "response") {
        return await readAnswer(result, { latencyMs: latencyMs(), graceMs: responseGraceMs, keepBytes });
      }
      const isStopped = stop?.aborted === true;
      return failureOf(result, { upload, isTimedOut: limit.isOver(), isStopped, latencyMs: latencyMs() });
    } finally {
      limit.end();
      upload.end();
    }
  };
}

function isStaleConnection(result: PostResult): boolean {
  if (result.kind === "response" || result.request?.reusedSocket !== true) return false;
  return unreachableReason(errorCodeOf(result.error)) === "reset" && isUnanswered(result.request);
}

async function readAnswer(
  { request, response }: Extract<PostResult, { kind: "response" }>,
  options: { readonly latencyMs: number; readonly graceMs: number; readonly keepBytes: number },
): Promise<AttemptOutcome> {
  const { bodyStart, ended } = await readAnswerBody(response, options);
  // Only a complete exchange leaves a connection fit for another one. An answer that came before the upload ended is
  // the answer: the rest of the body is not sent.
  if (!ended || !request.writableFinished) request.destroy();
  return {
    kind: "answered",
    status: response.statusCode ?? 0,
    headers: flatHeaders(response.headers),
    bodyStart,
    latencyMs: options.latencyMs,
  };
}
