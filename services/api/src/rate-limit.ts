import type { RequestHandler } from "express";
import { DomainError } from "@posthorn/core";
import type { CallLimiter } from "@posthorn/store";
import { callerOf } from "./caller.ts";

/** Lets a key make so many management calls a second; `undefined` = as many as it likes. */
export function limitCalls(limiter: CallLimiter | undefined): RequestHandler {
  return async (_request, response, next) => {
    await holdBack(limiter, callerOf(response).keyId);
    next();
  };
}

/** Counts a call of a key; throws `TOO_MANY_CALLS` when it is one too many. */
export async function holdBack(limiter: CallLimiter | undefined, keyId: string): Promise<void> {
  const waitMs = limiter === undefined ? 0 : await limiter.waitMs(keyId);
  if (waitMs > 0) {
    throw new DomainError(
      "TOO_MANY_CALLS",
      [
        {
          message: "Too many calls with this API key: wait for the time in Retry-After",
          description: "API_RATE_LIMIT sets how many management calls a key may make in a second.",
        },
      ],
      { retryAfterSeconds: Math.ceil(waitMs / 1_000) },
    );
  }
}
