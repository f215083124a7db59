import type { RequestHandler } from "express";
import { DomainError } from "@posthorn/core";

/**
 * Refuses HTTP/1.1 without a `Host`, as RFC 9112 §3.2 demands. The platform would do so with no body and no word of it
 * in the log.
 */
export const requireHost: RequestHandler = (request, _response, next) => {
  if (request.headers.host === undefined && request.httpVersion === "1.1") {
    throw new DomainError("INVALID", [{ message: "The request has no Host header: send it", param: "Host" }]);
  }
  next();
};
