import type { AttemptOutcome, TargetResponse } from "@posthorn/core";
import { shownLocation } from "./shown-location.ts";

type Answered = Pick<Extract<AttemptOutcome, { readonly kind: "answered" }>, "status" | "headers" | "bodyStart">;

/** What a token URL grants. */
export interface GrantedToken {
  readonly token: string;
  /** Its whole life in seconds. */
  readonly expiresInS: number;
}

/** The life of a token whose answer does not tell a usable one. */
const EXPIRES_IN_S_DEFAULT = 3_600;
/** Numbers of the API fit 32 bits. */
const EXPIRES_IN_S_MAX = 2 ** 31 - 1;
/** Can be sent in a header. */
const TOKEN = /^[\x21-\x7e]+$/;

/** Cookies, and where else servers put what lets its holder in; `WWW-Authenticate` only asks for it. */
const SECRET_HEADER = /cookie|token|secret|session|key|^(?:proxy-)?auth/i;
/** Tell of a place, in whose query there may be a secret. */
const PLACE_HEADER = /^(?:content-)?location$/;
/** How much of a refusal is shown. */
const SHOWN_CHARACTERS = 1_024;

/** The token in a successful answer (RFC 6749 §5.1); a text says why there is none in it. */
export function parseTokenAnswer(body: string): GrantedToken | string {
  const answer = parseObject(body);
  if (answer === undefined) return "without a JSON object";
  const { access_token: token, token_type: type, expires_in: expiresIn } = answer;
  if (typeof token !== "string" || !TOKEN.test(token)) return "without an access_token";
  if (!isBearer(type)) return "with a token that is no bearer token";
  return { token, expiresInS: lifeS(expiresIn) };
}

/** True when the answer to a form may mean that the server reads nothing but JSON. */
export function mayWantJson(status: number, body: string): boolean {
  if (status === 415) return true;
  if (status !== 400 && status !== 422) return false;
  // An error of RFC 6749 §5.2 comes from a server that has read the form, unless it found nothing in it.
  const error = parseObject(body)?.["error"];
  return typeof error !== "string" || error === "invalid_request";
}

/**
 * What people see of an answer that gave no token. Of a success nothing of the body: it may hold a token in a form that
 * is not understood here. Nor of a redirect, whose body tends to repeat where it leads, query and all.
 */
export function shownAnswer({ status, headers, bodyStart }: Answered): TargetResponse {
  const mayHoldToken =
    isSuccessful(status) || isRedirect(status) || parseObject(bodyStart)?.["access_token"] !== undefined;
  return {
    status,
    headers: Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => !SECRET_HEADER.test(name))
        .map(([name, value]) => [name, PLACE_HEADER.test(name) ? shownLocation(value) : value]),
    ),
    body: mayHoldToken ? "" : bodyStart.slice(0, SHOWN_CHARACTERS),
  };
}

export function isSuccessful(status: number): boolean {
  return status >= 200 && status <= 299;
}

export function isRedirect(status: number): boolean {
  return status >= 300 && status <= 399;
}

/** The type is required, but some servers leave it out. */
function isBearer(type: unknown): boolean {
  return type === undefined || (typeof type === "string" && type.toLowerCase() === "bearer");
}

function lifeS(expiresIn: unknown): number {
  const seconds = typeof expiresIn === "number" || typeof expiresIn === "string" ? Number(expiresIn) : Number.NaN;
  return seconds >= 1 ? Math.min(Math.floor(seconds), EXPIRES_IN_S_MAX) : EXPIRES_IN_S_DEFAULT;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
