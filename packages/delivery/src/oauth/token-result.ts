import type { AttemptOutcome, OpenedAuth, Problem, TargetResponse } from "@posthorn/core";
import type { CachedToken } from "./token-cache.ts";

/** What tokens are asked for with. */
export type OAuthDetails = Extract<OpenedAuth, { readonly kind: "oauth2" }>;

/** What asking for a token came to. */
export type TokenResult = ({ readonly kind: "granted" } & CachedToken) | TokenFailure;

export type TokenFailure =
  | {
      readonly kind: "failed";
      /** `OAUTH_TOKEN_<status>`, or the platform's code. */
      readonly errorCode: string;
      /** Holds neither tokens nor secrets. */
      readonly message: string;
      readonly answer?: TargetResponse;
    }
  /** This process or its machine failed: no fault of the token URL. */
  | { readonly kind: "broken"; readonly message: string };

/** Nobody got a token in time. */
export const LATE: TokenFailure = {
  kind: "failed",
  errorCode: "ETIMEDOUT",
  message: "The token URL gave no token within the time of an attempt",
};

/** An attempt that had no token to show. */
export function outcomeOf(failure: TokenFailure, latencyMs: number): AttemptOutcome {
  if (failure.kind === "broken") return { ...failure, reason: "ours", latencyMs };
  const { errorCode, message, answer } = failure;
  return {
    kind: "unreachable",
    reason: "auth",
    errorCode,
    message,
    latencyMs,
    stalledUpload: false,
    ...(answer === undefined ? {} : { tokenAnswer: answer }),
  };
}

/** What the API answers when no token was to be had, in the original's wording. */
export function tokenProblem(message: string, answer?: TargetResponse): Problem {
  const advice =
    answer === undefined
      ? "check auth_request_details.url, and whether this machine reaches it, e.g. by curl"
      : "check client_id, client_secret and what else auth_request_details.body must hold, e.g. grant_type";
  return {
    message: "POST to webhook tokens URL failed",
    description: `${message}: ${advice}.`,
    code: 400,
    ...(answer === undefined ? {} : { response: answer }),
  };
}
