import { setTimeout as delay } from "node:timers/promises";
import { isNativeError } from "node:util/types";
import type { Problem } from "@posthorn/core";
import { printable } from "../printable.ts";

/** What came of one call. Whatever can go wrong is a value, with words for people. */
export type ApiAnswer =
  /** `results` of the answer; `undefined` when it has no body. */
  | {
      readonly kind: "done";
      readonly results: unknown;
      /** It was done by an earlier call under the same `Idempotency-Key`. */
      readonly isRepeat?: true;
    }
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
  | { readonly kind: "unreachable"; readonly message: string };

export interface ApiClient {
  /** Calls what is under `/api/v1`, e.g. `GET`, `/api-keys`. */
  call(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    body?: unknown,
    options?: {
      readonly patienceMs?: number;
      /** Its `results` are the whole body: what stands beside them is wanted too, such as `cursor`. */
      readonly whole?: boolean;
    },
  ): Promise<ApiAnswer>;
  /** POSTs a file as it is. What may be repeated under its `Idempotency-Key` is, for a minute. */
  upload(path: string, file: Buffer, headers: Readonly<Record<string, string>>): Promise<ApiAnswer>;
}

interface ApiClientOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly apiKey: string;
}

/** An update may try its target and then wait for activation; few calls take longer. */
const ANSWER_PATIENCE_MS = 30_000;

interface SendOptions {
  readonly patienceMs: number;
  /** Of these statuses it is known that the same call may succeed later. */
  readonly repeated: readonly number[];
  readonly whole?: boolean;
}

/** What is refused only for now is repeated for so long. */
const REPEAT_PATIENCE_MS = 60_000;
/** Refused before anything was done: too many calls with this key. */
const REFUSED_FOR_NOW: readonly number[] = [429];
/** Under an `Idempotency-Key` also what may have been done: the store is away or full, or it is being done. */
const REPEATED_UNDER_KEY: readonly number[] = [429, 503, 409];

/** The API for commands that make single calls and tell people what came of them. */
export function createApiClient({ url, apiKey }: ApiClientOptions): ApiClient {
  const send = async (
    path: string,
    request: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string | Buffer },
    { patienceMs, repeated, whole = false }: SendOptions,
  ): Promise<ApiAnswer> => {
    const deadlineMs = performance.now() + REPEAT_PATIENCE_MS;
    // After a 503 or 409, what is found done may be what this very call has done.
    let mayBeOwn = false;
    try {
      for (;;) {
        const response = await fetch(`${url}/api/v1${path}`, {
          ...request,
          headers: { authorization: apiKey, ...request.headers },
          redirect: "manual",
          signal: AbortSignal.timeout(patienceMs),
        });
        const text = await response.text();
        const waitMs = Number(response.headers.get("retry-after") ?? Infinity) * 1_000;
        const mayRepeat = repeated.includes(response.status) && performance.now() + waitMs <= deadlineMs;
        if (!mayRepeat) {
          const answer = readAnswer(url, response.status, text, whole);
          const isReplayed = response.headers.get("idempotent-replayed") === "true";
          return answer.kind === "done" && isReplayed && !mayBeOwn ? { ...answer, isRepeat: true } : answer;
        }
        mayBeOwn ||= !REFUSED_FOR_NOW.includes(response.status);
        await delay(waitMs);
      }
    } catch (error) {
      return {
        kind: "unreachable",
        message: `${url} does not answer (${reasonOf(error)}): is Posthorn running there? Start it, or give --url`,
      };
    }
  };

  return {
    call: (method, path, body, { patienceMs = ANSWER_PATIENCE_MS, whole = false } = {}) => {
      const sent =
        body === undefined
          ? { headers: {} }
          : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      return send(path, { method, ...sent }, { patienceMs, whole, repeated: REFUSED_FOR_NOW });
    },
    upload: (path, file, headers) =>
      send(
        path,
        { method: "POST", headers, body: file },
        { patienceMs: ANSWER_PATIENCE_MS, repeated: REPEATED_UNDER_KEY },
      ),
  };
}

function readAnswer(url: string, status: number, text: string, whole: boolean): ApiAnswer {
  if (status === 204) return { kind: "done", results: undefined };
  const body = parse(text);
  const { results, errors } = body;
  if (status === 200 && results !== undefined) return { kind: "done", results: whole ? body : results };
  const message = Array.isArray(errors)
    ? [`${url} answers ${status}:`, ...errors.map((problem: Problem) => `  ${describeProblem(problem)}`)].join("\n")
    : `${url} answers ${status}, and not as Posthorn does: check --url`;
  return { kind: "refused", status, message };
}

function parse(text: string): { readonly results?: unknown; readonly errors?: unknown } {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** A problem in one line, whatever it repeats of what others sent. */
export function describeProblem({ message, description, param, value }: Problem): string {
  const text = [
    param === undefined || message.includes(param) ? message : `${param}: ${message}`,
    ...(value === undefined ? [] : [`(${JSON.stringify(value)})`]),
    ...(description === undefined ? [] : [description]),
  ].join(" ");
  return printable(text);
}

/** The cause of a failed `fetch`, in short. */
export function reasonOf(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  const { cause } = error;
  return isNativeError(cause) ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : error.message;
}
