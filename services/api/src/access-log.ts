import type { RequestHandler } from "express";
import type { Log } from "@posthorn/runtime";
import { callerIfAny } from "./caller.ts";

/** Paths that are called all the time, by machines. */
const FREQUENT = /^\/(?:healthz|readyz|metrics|api\/v1\/events|api\/v1\/ingest\/events|admin\/queues\/.*)\/?$/;

/** Paths that an open page of the console reads every few seconds. What shows secrets or keys is not among them. */
const WATCHED = /^\/api\/v1\/(?:webhooks|stats|session)(?:\/|$)/;

/** A file of the console. */
function isFile(path: string): boolean {
  return path.startsWith("/assets/");
}

/**
 * One line per answer, under the request id that the answer carries: management calls at `info`, the many others at
 * `debug`, and so is what the console reads again and again. Queries and bodies are not logged, since they may hold secrets.
 */
export function logAnswers(log: Log): RequestHandler {
  return (request, response, next) => {
    const startedMs = performance.now();
    const { method, path } = request;
    response.once("close", () => {
      const caller = callerIfAny(response);
      const fields = {
        requestId: response.locals["requestId"] as unknown,
        method,
        path,
        status: response.statusCode,
        durationMs: Math.round(performance.now() - startedMs),
        key: caller?.keyId,
        // The client left before it had the whole answer.
        ...(response.writableFinished ? {} : { aborted: true }),
      };
      const isWatching = method === "GET" && (isFile(path) || (caller?.session !== undefined && WATCHED.test(path)));
      if (isWatching || FREQUENT.test(path)) log.debug(fields, "request.answered");
      else log.info(fields, "request.answered");
    });
    next();
  };
}
