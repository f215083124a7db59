import { createHash, randomBytes } from "node:crypto";

const TOKEN_BYTES = 32;
const TOKEN = /^[\w-]{43}$/;

/** The text of a new session's cookie. */
export function mintSessionToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** True for what can be the text of a session's cookie. */
export function isSessionToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Under which a session is stored: who reads the store cannot sign in. */
export function sessionDigest(token: string): string {
  return digest(`session ${token}`);
}

/**
 * What a page of the session has to send along with each call that changes something. A page of another site cannot
 * know it, though the browser sends it the cookie.
 */
export function csrfTokenOf(token: string): string {
  return digest(`csrf ${token}`);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
