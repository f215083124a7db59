import type { SessionView } from "@posthorn/api/views";
import { errorOfAnswer, noAnswer } from "./api-error.ts";
import { kindOf, patienceMs } from "./patience.ts";
import type { CallKind } from "./patience.ts";

export type QueryValue = string | number | boolean | undefined;

export interface ApiCall {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/api/v1`, e.g. `/webhooks`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Where the method does not tell: a POST that changes nothing, or a change for which the target is asked first. */
  readonly kind?: CallKind;
  readonly signal?: AbortSignal;
}

export interface ApiClient {
  /** The whole body of the answer, `undefined` for a 204. Throws `ApiError`. */
  readonly request: <Body>(call: ApiCall) => Promise<Body>;
  /** What stands under `results` in the answer. Throws `ApiError`. */
  readonly results: <Results>(call: ApiCall) => Promise<Results>;
}

/** Who is signed in; `null` = nobody, `undefined` = that is not known yet. */
export type KnownSession = SessionView | null | undefined;

export interface ApiClientDeps {
  /** The session as this page knows it. */
  readonly session: () => KnownSession;
  /**
   * Called when a change was refused because the browser's session is another one than that under which it was sent, as
   * when somebody signed in anew in another tab; resolves to the one under which it may be asked for again, if any. By then
   * the page may know another session already than when the change was sent.
   */
  readonly renewSession: (sentUnder: KnownSession) => Promise<SessionView | null>;
  /** Called when a call finds that nobody is signed in any more. */
  readonly onSignedOut: () => void;
  /** Called with the time of each answer, in ms. */
  readonly onTime: (apiMs: number) => void;
  /** How long an answer is waited for. */
  readonly patience?: (kind: CallKind) => number;
}

/** Calls the API of the same origin; the session's cookie says who calls. */
export function createApiClient(deps: ApiClientDeps): ApiClient {
  const { session, renewSession, onSignedOut, onTime, patience = patienceMs } = deps;
  const send = async (call: ApiCall, sentUnder: KnownSession): Promise<Answer> => {
    const { method = "GET", body, signal } = call;
    const token = sentUnder?.csrf_token ?? null;
    const kind = kindOf(call);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), patience(kind));
    const giveUp = (): void => limit.abort();
    signal?.addEventListener("abort", giveUp);
    try {
      signal?.throwIfAborted();
      const response = await fetch(apiPath(call), {
        method,
        headers: {
          Accept: "application/json",
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...(method === "GET" || token === null ? {} : { [CSRF_HEADER]: token }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: limit.signal,
      });
      const apiMs = Date.parse(response.headers.get("Date") ?? "");
      if (!Number.isNaN(apiMs)) onTime(apiMs);
      return { status: response.status, body: jsonIn(await response.text()) };
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw noAnswer(error, { kind, isLate: limit.signal.aborted });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    }
  };
  const request = async <Body>(call: ApiCall): Promise<Body> => {
    const sentUnder = session();
    let { status, body } = await send(call, sentUnder);
    if (isOfOtherSession(status, body)) {
      const renewed = await renewSession(sentUnder);
      if (renewed !== null) ({ status, body } = await send(call, renewed));
    }
    if (status >= 200 && status < 300) return body as Body;
    if (status === 401 && call.path !== SESSION_PATH) onSignedOut();
    throw errorOfAnswer(status, body);
  };
  return {
    request,
    results: async <Results>(call: ApiCall) => (await request<{ readonly results: Results }>(call)).results,
  };
}

const CSRF_HEADER = "X-Posthorn-CSRF";

interface Answer {
  readonly status: number;
  /** `undefined` without one, or when it is no JSON. */
  readonly body: unknown;
}

function isOfOtherSession(status: number, body: unknown): boolean {
  return status === 403 && errorOfAnswer(status, body).problems.some(({ param }) => param === CSRF_HEADER);
}

/** Here a 401 is an answer, not the end of a session. */
export const SESSION_PATH = "/session";

/** The path and query of a call, as they stand after the origin. */
export function apiPath({ path, query = {} }: Pick<ApiCall, "path" | "query">): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  const search = new URLSearchParams(pairs).toString();
  return `/api/v1${path}${search === "" ? "" : `?${search}`}`;
}

function jsonIn(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
