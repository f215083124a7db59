import type { AttemptOutcome, SignatureHeaders, TargetAccess } from "@posthorn/core";
import type { AgentPool } from "./agent-pool.ts";
import { batchHeaders } from "./headers.ts";
import type { Send } from "./send.ts";
import { withRetryAfter } from "./retry-after.ts";
import { signBody } from "./sign-body.ts";
import { startedAfter } from "./started-after.ts";
import type { Body } from "./upload.ts";
import { splitCredentials } from "./url-credentials.ts";

/** One batch to be POSTed once, and all that its target wants to see. */
export interface DeliverRequest extends TargetAccess {
  readonly batchId: string;
  readonly bodyBytes: number;
  /** A signed one is read twice. */
  readonly body: Body;
  /** Ends the attempt for reasons of our own; the outcome is then `broken`. */
  readonly signal?: AbortSignal;
  /** How much of the answer's body is kept; 1 KiB unless given, 64 KiB at most. */
  readonly keepBytes?: number;
  /** Goes out as the header of this name. */
  readonly traceparent?: string | undefined;
  /** When the attempt began, by the clock of Redis, which all processes share: for its signature, and for dates in answers. */
  readonly startedAtMs: number;
}

const KEEP_BYTES = 1_024;

interface PostBatchDeps {
  readonly send: Send;
  readonly agents: AgentPool;
  readonly userAgent: string;
}

/** POSTs the batch within the time given, with an OAuth2 token where one is needed. */
export type PostBatch = (withinMs: number, bearer?: string) => Promise<AttemptOutcome>;

/** The POSTs of one attempt: one, or two when a token was refused. Both carry the signature that the first one made. */
export function preparePost({ send, agents, userAgent }: PostBatchDeps, request: DeliverRequest): PostBatch {
  const { target, tlsCa, batchId, bodyBytes, body, signingSecrets, signal: stop } = request;
  const timestampSeconds = Math.floor(request.startedAtMs / 1_000);
  const preparedAtMs = performance.now();
  let signature: SignatureHeaders | undefined;

  return async (withinMs, bearer) => {
    const startedAtMs = performance.now();
    if (signingSecrets.length > 0 && signature === undefined) {
      const unsigned = { secrets: signingSecrets, batchId, timestampSeconds, bodyBytes, body, withinMs, stop };
      const signed = await signBody(unsigned);
      if (signed.kind === "broken") {
        return { ...signed, reason: "ours", latencyMs: performance.now() - startedAtMs };
      }
      signature = signed.headers;
    }
    const head = {
      access: request,
      batchId,
      bodyBytes,
      userAgent,
      traceparent: request.traceparent,
      ...(bearer === undefined ? {} : { bearer }),
      ...(signature === undefined ? {} : { signature }),
    };
    const sentAfterMs = performance.now() - startedAtMs;
    const outcome = await send({
      url: splitCredentials(target).url,
      headers: batchHeaders(head),
      bodyBytes,
      body,
      agents: agents.for(tlsCa),
      withinMs: withinMs - sentAfterMs,
      keepBytes: request.keepBytes ?? KEEP_BYTES,
      ...(stop === undefined ? {} : { stop }),
    });
    const nowMs = request.startedAtMs + performance.now() - preparedAtMs;
    return startedAfter(sentAfterMs, withRetryAfter(outcome, nowMs));
  };
}
