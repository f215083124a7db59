import { parseCookie } from "cookie";
import type { CookieOptions, Request, Response } from "express";
import { isSessionToken } from "./session-token.ts";

/** Only a host itself can set a cookie of this prefix, over TLS; without TLS there is none that would. */
const SECURE_NAME = "__Host-posthorn";
const PLAIN_NAME = "posthorn";

/** The token in a request's cookie; behind a proxy nobody can tell by the request which of the two it was set as. */
export function readSessionCookie(request: Request): string | undefined {
  const header = request.headers.cookie;
  if (header === undefined) return undefined;
  const cookies = parseCookie(header);
  const token = cookies[SECURE_NAME] ?? cookies[PLAIN_NAME];
  return token !== undefined && isSessionToken(token) ? token : undefined;
}

/** Kept by the browser until it ends, unreadable for scripts, and sent with requests of this site only. */
export function setSessionCookie(response: Response, token: string, isSecure: boolean): void {
  response.cookie(isSecure ? SECURE_NAME : PLAIN_NAME, token, optionsOf(isSecure));
}

export function clearSessionCookie(response: Response): void {
  response.clearCookie(SECURE_NAME, optionsOf(true));
  response.clearCookie(PLAIN_NAME, optionsOf(false));
}

function optionsOf(isSecure: boolean): CookieOptions {
  return { httpOnly: true, sameSite: "strict", path: "/", secure: isSecure };
}
