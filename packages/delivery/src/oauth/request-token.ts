import type { AttemptOutcome } from "@posthorn/core";
import type { AgentPair } from "../agent-pool.ts";
import { ANSWER_BYTES_MAX } from "../answer.ts";
import type { Send } from "../send.ts";
import { basic, splitCredentials } from "../url-credentials.ts";
import { shownLocation } from "./shown-location.ts";
import { isRedirect, isSuccessful, mayWantJson, parseTokenAnswer, shownAnswer } from "./token-answer.ts";
import { asForm, asJson } from "./token-body.ts";
import type { TokenBody } from "./token-body.ts";
import type { OAuthDetails, TokenResult } from "./token-result.ts";

interface RequestTokenDeps {
  readonly send: Send;
  readonly agents: AgentPair;
  readonly userAgent: string;
}

/** Asks a token URL for a token, within the time given. Never throws. */
export type RequestToken = (details: Pick<OAuthDetails, "url" | "body">, withinMs: number) => Promise<TokenResult>;

export function createRequestToken({ send, agents, userAgent }: RequestTokenDeps): RequestToken {
  const sendBody = (target: string, { contentType, text }: TokenBody, withinMs: number): Promise<AttemptOutcome> => {
    const { url, credentials } = splitCredentials(target);
    const bytes = Buffer.from(text);
    return send({
      url,
      headers: {
        "Content-Type": contentType,
        "Content-Length": String(bytes.length),
        ...(credentials === undefined ? {} : { Authorization: basic(credentials) }),
        "User-Agent": userAgent,
        Accept: "application/json",
        "Accept-Encoding": "identity",
      },
      bodyBytes: bytes.length,
      body: bytes,
      agents,
      withinMs,
      keepBytes: ANSWER_BYTES_MAX,
    });
  };

  return async ({ url, body }, withinMs) => {
    const startedAtMs = performance.now();
    const form = asForm(body);
    const first = await sendBody(url, form ?? asJson(body), withinMs);
    const leftMs = withinMs - (performance.now() - startedAtMs);
    if (form === undefined || leftMs <= 0 || first.kind !== "answered" || !mayWantJson(first.status, first.bodyStart)) {
      return resultOf(first);
    }
    const second = resultOf(await sendBody(url, asJson(body), leftMs));
    // A server that reads forms says more about what is wrong when it gets one.
    return second.kind === "granted" || first.status === 415 ? second : resultOf(first);
  };
}

function resultOf(outcome: AttemptOutcome): TokenResult {
  switch (outcome.kind) {
    case "broken":
      return { kind: "broken", message: outcome.message };
    case "unreachable":
      return {
        kind: "failed",
        errorCode: outcome.errorCode,
        message: `The token URL could not be reached (${outcome.message})`,
      };
    case "answered": {
      const { status, bodyStart } = outcome;
      const parsed = isSuccessful(status) ? parseTokenAnswer(bodyStart) : "";
      if (typeof parsed !== "string") return { kind: "granted", ...parsed, leftMs: parsed.expiresInS * 1_000 };
      return {
        kind: "failed",
        errorCode: `OAUTH_TOKEN_${status}`,
        message: `The token URL answered ${status}${isSuccessful(status) ? ` ${parsed}` : redirection(outcome)}`,
        answer: shownAnswer(outcome),
      };
    }
  }
}

function redirection({ status, headers }: Extract<AttemptOutcome, { kind: "answered" }>): string {
  if (!isRedirect(status)) return "";
  const place = shownLocation(headers["location"] ?? "");
  return `${place === "" ? "" : ` and leads to ${place}`}; redirects are not followed`;
}
