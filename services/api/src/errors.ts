import { STATUS_CODES } from "node:http";
import type { ErrorRequestHandler, RequestHandler } from "express";
import { DomainError } from "@posthorn/core";
import type { DomainErrorCode, Problem } from "@posthorn/core";
import { createWarnSparingly } from "@posthorn/runtime";
import type { Log } from "@posthorn/runtime";
import { StoreUnavailableError } from "@posthorn/store";
import { discardBody } from "./discard-body.ts";

const STATUS: Readonly<Record<DomainErrorCode, number>> = {
  INVALID: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  TEST_POST_FAILED: 400,
  TOO_LARGE: 413,
  TOO_SLOW: 408,
  UNSUPPORTED_TYPE: 415,
  METHOD_NOT_ALLOWED: 405,
  TOO_MANY_CALLS: 429,
  IDEMPOTENCY_IN_PROGRESS: 409,
  IDEMPOTENCY_MISMATCH: 422,
  UNAVAILABLE: 503,
};

/** The one place where an error becomes an answer: always JSON, in the API's shape, never a stack. */
export function errorAnswers(log: Log): ErrorRequestHandler {
  const warn = createWarnSparingly(log);
  return async (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { status, problems, retryAfterSeconds } = answerOf(error);
    const where = { requestId: response.locals["requestId"] as unknown, path: request.path };
    // While the store is away it is so for every request.
    if (status === 503) warn(error, "request.refused", where);
    else if (status >= 500) log.error({ err: error, ...where }, "request.failed");
    if (retryAfterSeconds !== undefined) response.set("Retry-After", String(retryAfterSeconds));
    await discardBody(request);
    // What is still left of the body would be taken for the next request.
    if (!request.complete) response.set("Connection", "close");
    // They told of a file that is not sent now.
    for (const name of ["Content-Type", "Cache-Control", "Last-Modified", "ETag"]) response.removeHeader(name);
    response.status(status).json({ errors: problems });
  };
}

function answerOf(error: unknown): {
  readonly status: number;
  readonly problems: readonly Problem[];
  readonly retryAfterSeconds?: number;
} {
  if (error instanceof DomainError) {
    const { code, problems, retryAfterSeconds } = error;
    return { status: STATUS[code], problems, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }
  if (error instanceof StoreUnavailableError) {
    return {
      status: 503,
      retryAfterSeconds: 1,
      problems: [{ message: "The store is not available now: repeat the request", description: error.message }],
    };
  }
  if (error instanceof URIError) {
    return { status: 400, problems: [{ message: "The path is not valid: check its percent-encoding" }] };
  }
  const status = refusalOf(error);
  if (status !== undefined) {
    return { status, problems: [{ message: `${STATUS_CODES[status] ?? status}: check the request's headers` }] };
  }
  return {
    status: 500,
    problems: [{ message: "Something failed inside Posthorn; its log tells more under this answer's X-Request-ID" }],
  };
}

/** The status of an error by which Express refuses a request, as it does while it sends a file. Its words name paths. */
function refusalOf(error: unknown): number | undefined {
  if (!(error instanceof Error && "expose" in error && error.expose === true && "status" in error)) return undefined;
  const status = Number(error.status);
  return Number.isInteger(status) && status >= 400 && status <= 499 ? status : undefined;
}

export const notFound: RequestHandler = () => {
  throw new DomainError("NOT_FOUND", [{ message: "Resource could not be found", code: "1600" }]);
};

/** Put last on a path: every other method is refused, naming those that work. */
export function methodNotAllowed(...allowed: readonly string[]): RequestHandler {
  return (request, response) => {
    response.set("Allow", allowed.join(", "));
    throw new DomainError("METHOD_NOT_ALLOWED", [
      { message: `${request.method} is not allowed here; use ${allowed.join(" or ")}`, code: "1102" },
    ]);
  };
}
