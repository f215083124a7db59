import { parseCookie } from "cookie";
import type { CookieOptions, Request, Response } from "express";
import { isSessionToken } from "./session-token.ts";

/** Only a host itself can set a cookie of this prefix, over TLS; without TLS there is none that would. */
const SECURE_NAME = "__Host-posthorn";
const PLAIN_NAME = "posthorn";

/** The token in a request's cookie. */
export function readSessionCookie(request: Request, isSecure: boolean): string | undefined {
  const header = request.headers.cookie;
  const token = header === undefined ? undefined : parseCookie(header)[nameOf(isSecure)];
  return token !== undefined && isSessionToken(token) ? token : undefined;
}

/** Kept by the browser until it ends, unreadable for scripts, and sent with requests of this site only. */
export function setSessionCookie(response: Response, token: string, isSecure: boolean): void {
  response.cookie(nameOf(isSecure), token, optionsOf(isSecure));
}

export function clearSessionCookie(response: Response, isSecure: boolean): void {
  response.clearCookie(nameOf(isSecure), optionsOf(isSecure));
}

function nameOf(isSecure: boolean): string {
  return isSecure ? SECURE_NAME : PLAIN_NAME;
}

function optionsOf(isSecure: boolean): CookieOptions {
  return { httpOnly: true, sameSite: "strict", path: "/", secure: isSecure };
}
