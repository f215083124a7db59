import type { Request, RequestHandler } from "express";
import { DomainError, isSameText } from "@posthorn/core";
import { setCaller } from "./caller.ts";
import type { Caller } from "./caller.ts";
import { unauthorized } from "./identify.ts";
import type { Identify } from "./identify.ts";
import { readSessionCookie } from "./session/session-cookie.ts";
import { csrfTokenOf } from "./session/session-token.ts";
import type { SessionKeeper } from "./session/session-keeper.ts";

export interface AuthDeps {
  readonly identify: Identify;
  readonly sessions: Pick<SessionKeeper, "find">;
}

export const CSRF_HEADER = "X-Posthorn-CSRF";

/** The key in an `Authorization` header: as it is, or as the user of HTTP Basic. */
export function keyFrom(header: string | undefined): string | undefined {
  const text = header?.trim();
  if (text === undefined || text === "") return undefined;
  const basic = /^Basic\s+(\S+)$/i.exec(text)?.[1];
  if (basic === undefined) return text;
  const decoded = Buffer.from(basic, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return colon < 0 ? decoded : decoded.slice(0, colon);
}

/** Lets only requests with a valid key or session pass; `callerOf` then tells whose they are. */
export function authenticate({ identify, sessions }: AuthDeps): RequestHandler {
  const callerOf = async (request: Request): Promise<Caller> => {
    const text = keyFrom(request.headers.authorization);
    if (text !== undefined) return identify.byText(text);
    const token = readSessionCookie(request);
    if (token === undefined) throw unauthorized();
    const session = await sessions.find(token);
    if (session === undefined) throw unauthorized("The session is over: sign in again.");
    if (!isHarmless(request.method)) demandCsrfToken(request, token);
    return { ...(await identify.byKeyId(session.keyId)), session: { token, expiresAtMs: session.expiresAtMs } };
  };

  return async (request, response, next) => {
    setCaller(response, await callerOf(request));
    next();
  };
}

/** A browser sends the cookie along with whatever a page of another site has it send; this header it does not. */
function demandCsrfToken(request: Request, token: string): void {
  if (isSameText(request.get(CSRF_HEADER) ?? "", csrfTokenOf(token))) return;
  throw new DomainError("FORBIDDEN", [
    {
      message: "Forbidden.",
      description: `Send ${CSRF_HEADER} with the csrf_token of GET /api/v1/session, or an API key in the Authorization header.`,
      param: CSRF_HEADER,
      code: "1100",
    },
  ]);
}

function isHarmless(method: string): boolean {
  return method === "GET" || method === "HEAD";
}
