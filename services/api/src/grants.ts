import type { RequestHandler, Response } from "express";
import { DomainError, grantsAllow } from "@posthorn/core";
import type { Grant } from "@posthorn/core";
import { callerOf } from "./caller.ts";

/** Lets only callers pass whose key has the grant. */
export function requireGrant(needed: Grant): RequestHandler {
  return requireGrantFor(() => needed);
}

/** Lets only callers pass whose key has the grant that the method needs. */
export function requireGrantFor(grantOf: (method: string) => Grant): RequestHandler {
  return (request, response, next) => {
    demandGrant(response, grantOf(request.method));
    next();
  };
}

/** Throws `FORBIDDEN` when the caller's key lacks the grant. */
export function demandGrant(response: Response, needed: Grant): void {
  if (!grantsAllow(callerOf(response).grants, needed)) throw forbidden(needed);
}

/** What a call to the webhooks needs: those that change nothing are content with less. */
export function grantForMethod(method: string): Grant {
  return method === "GET" || method === "HEAD" ? "webhooks/view" : "webhooks/modify";
}

function forbidden(needed: Grant): DomainError {
  return new DomainError("FORBIDDEN", [
    {
      message: "Forbidden.",
      description: `This API key lacks the grant ${needed}: use a key that has it, or have one made (POST /api/v1/api-keys, or npm run keys).`,
      code: "1100",
    },
  ]);
}
