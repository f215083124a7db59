import type { TargetResponse } from "./problem.ts";

/**
 * Why an attempt got no usable answer from the target; `refused`: the operator lets nobody in there; `proxy`: the
 * operator's proxy made no connection; `auth`: there was no token to be had to show it.
 */
export type UnreachableReason =
  | "dns"
  | "refused"
  | "proxy"
  | "connect"
  | "tls"
  | "timeout"
  | "reset"
  | "protocol"
  | "auth"
  | "other";

/**
 * Why Posthorn itself could not make an attempt; `ours`: the store or this process failed, or it is stopping; `unreadable`:
 * a stored secret of the target cannot be opened; `lost`: Redis no longer has all of the batch's text.
 */
export type BrokenReason = "ours" | "unreadable" | "lost";

/** What one attempt, a single POST of a batch, came to. The target's misbehaviour is a value, never a throw. */
export type AttemptOutcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** The answer's `Retry-After`, in ms from now, when present and readable. */
      readonly retryAfterMs?: number;
      /** Header names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      /** The beginning of the body, as text: a KiB, or as much as was asked for. */
      readonly bodyStart: string;
      readonly latencyMs: number;
    }
  | {
      readonly kind: "unreachable";
      readonly reason: UnreachableReason;
      /**
       * The platform's code, e.g. `ECONNREFUSED`, `ETIMEDOUT`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE`; for an answer of the
       * token URL `OAUTH_TOKEN_<status>`, for one of the proxy `EPROXY_<status>`.
       */
      readonly errorCode: string;
      readonly message: string;
      readonly latencyMs: number;
      /** True when the time ran out while the body was still being written because the target read slowly. */
      readonly stalledUpload: boolean;
      /** What the token URL answered, when it was that which failed; never recorded. */
      readonly tokenAnswer?: TargetResponse;
    }
  | {
      /** Says nothing of the target. */
      readonly kind: "broken";
      readonly reason: BrokenReason;
      readonly message: string;
      readonly latencyMs: number;
    };

/** Delivery and test POST alike succeed by any 2xx status. */
export function isSuccess(outcome: AttemptOutcome): boolean {
  return outcome.kind === "answered" && outcome.status >= 200 && outcome.status <= 299;
}
