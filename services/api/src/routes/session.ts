import { Router } from "express";
import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";
import { DomainError, grantsAllow } from "@posthorn/core";
import { VERSION } from "@posthorn/runtime";
import { callerOf } from "../caller.ts";
import type { Caller } from "../caller.ts";
import type { CallLimiter } from "@posthorn/store";
import { holdBack } from "../rate-limit.ts";
import { methodNotAllowed } from "../errors.ts";
import type { Identify } from "../identify.ts";
import { readJsonBody } from "../json-body.ts";
import { clearSessionCookie, readSessionCookie, setSessionCookie } from "../session/session-cookie.ts";
import type { SessionKeeper } from "../session/session-keeper.ts";
import { csrfTokenOf } from "../session/session-token.ts";
import type { SessionView } from "../session/session-view.ts";
import { QUEUE_BOARD_GRANT } from "./queue-board.ts";

export interface SessionRouteDeps {
  readonly identify: Identify;
  readonly sessions: SessionKeeper;
  /** Whether the browser reached this over TLS. */
  readonly isSecure: (request: Request) => boolean;
  /** Of management calls; `undefined` = unlimited. */
  readonly limiter: CallLimiter | undefined;
  /** Whether this API shows BullMQ's queues to administrators. */
  readonly hasQueueBoard: boolean;
}

/** Read before anybody knows who calls; the text of a key is far shorter. */
const BODY_BYTES_MAX = 4_096;

/** Signing in to the console with an API key, and out; `authenticated` lets only those pass who have. */
export function createSessionRouter(deps: SessionRouteDeps, authenticated: RequestHandler): Router {
  const { identify, sessions, isSecure, limiter, hasQueueBoard } = deps;
  const router = Router();

  const show = (response: Response, { keyId, label, grants, subaccountId, session }: Caller): void => {
    const results: SessionView = {
      key: keyId,
      label,
      grants,
      subaccount_id: subaccountId,
      csrf_token: session === undefined ? null : csrfTokenOf(session.token),
      expires_at: session === undefined ? null : new Date(session.expiresAtMs).toISOString(),
      version: VERSION,
      queue_board: hasQueueBoard && grantsAllow(grants, QUEUE_BOARD_GRANT),
    };
    response.set("Cache-Control", "no-store").json({ results });
  };

  router
    .route("/")
    .post(async (request, response) => {
      refuseOtherSites(request);
      const caller = await identify.byText(readKey(await readJsonBody(request, { maxBytes: BODY_BYTES_MAX })));
      await holdBack(limiter, caller.keyId);
      const before = readSessionCookie(request);
      if (before !== undefined) await sessions.end(before);
      const session = await sessions.begin(caller.keyId);
      setSessionCookie(response, session.token, isSecure(request));
      show(response, { ...caller, session });
    })
    .get(authenticated, (_request, response) => {
      show(response, callerOf(response));
    })
    .delete(authenticated, async (_request, response) => {
      const { session } = callerOf(response);
      if (session !== undefined) await sessions.end(session.token);
      clearSessionCookie(response);
      response.status(204).end();
    })
    .delete(forgetDeadCookie)
    .all(methodNotAllowed("GET", "POST", "DELETE"));
  return router;
}

function readKey(body: unknown): string {
  const text = typeof body === "object" && body !== null && "api_key" in body ? body.api_key : undefined;
  if (typeof text === "string" && text.trim() !== "") return text.trim();
  throw new DomainError("INVALID", [{ message: "api_key has to be the text of an API key", param: "api_key" }]);
}

/** The cookie of a session that is over is of no use to anybody; that of a living one stays while its end is refused. */
const forgetDeadCookie: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (error instanceof DomainError && error.code === "UNAUTHORIZED") clearSessionCookie(response);
  next(error);
};

/** A page of another site must not sign somebody in as somebody else. Only browsers say where a call comes from. */
function refuseOtherSites(request: Request): void {
  const type = request.get("Content-Type");
  if (type === undefined) {
    // What another site's page can send without asking first has none, or one that is not JSON.
    throw new DomainError("UNSUPPORTED_TYPE", [
      { message: "Send Content-Type: application/json", param: "Content-Type", code: "1700" },
    ]);
  }
  const site = request.get("Sec-Fetch-Site");
  if (site === undefined || site === "same-origin" || site === "none") return;
  throw new DomainError("FORBIDDEN", [
    { message: "Forbidden.", description: "Sign in on a page of Posthorn itself.", code: "1100" },
  ]);
}
