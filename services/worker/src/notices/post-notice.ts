import type { NotifyTarget } from "@posthorn/runtime";
import type { NoticeBody } from "./notice-body.ts";

/** What became of a POST; `refused`: it was understood, and not wanted. */
export type Posted = { readonly kind: "told" } | { readonly kind: "refused" | "away"; readonly message: string };

export type PostNotice = (body: NoticeBody, signal: AbortSignal) => Promise<Posted>;

const TIMEOUT_MS = 5_000;

/**
 * POSTs to the operator's own URL, wherever that is: it is no target, and nobody else sets it. Its messages never show
 * the URL, whose path is often a secret.
 */
export function createPostNotice({ url, authorization }: NotifyTarget, userAgent: string): PostNotice {
  return async (body, signal) => {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": userAgent,
          ...(authorization === undefined ? {} : { authorization }),
        },
        body: JSON.stringify(body),
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      const { status, ok } = response;
      if (ok) return { kind: "told" };
      const isRefused = status >= 400 && status <= 499 && status !== 408 && status !== 429;
      return { kind: isRefused ? "refused" : "away", message: `it answered ${status}` };
    } catch (error) {
      return { kind: "away", message: wordsOf(error) };
    }
  };
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return "it could not be reached";
  if (error.name === "TimeoutError") return `it did not answer within ${TIMEOUT_MS / 1_000} s`;
  const { code } = (error.cause ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? `it could not be reached (${code})` : "it could not be reached";
}
