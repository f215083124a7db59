import { isNativeError } from "node:util/types";
import type { Problem } from "@posthorn/core";

/** What came of one call. Whatever can go wrong is a value, with words for people. */
export type ApiAnswer =
  /** `results` of the answer; `undefined` when it has no body. */
  | { readonly kind: "done"; readonly results: unknown }
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
  | { readonly kind: "unreachable"; readonly message: string };

export interface ApiClient {
  /** Calls what is under `/api/v1`, e.g. `GET`, `/api-keys`. */
  call(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    body?: unknown,
    options?: { readonly patienceMs?: number },
  ): Promise<ApiAnswer>;
}

interface ApiClientOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly apiKey: string;
}

/** An update may try its target and then wait for activation; few calls take longer. */
const ANSWER_PATIENCE_MS = 30_000;

/** The API for commands that make single calls and tell people what came of them. */
export function createApiClient({ url, apiKey }: ApiClientOptions): ApiClient {
  return {
    call: async (method, path, body, { patienceMs = ANSWER_PATIENCE_MS } = {}) => {
      try {
        const response = await fetch(`${url}/api/v1${path}`, {
          method,
          headers: {
            authorization: apiKey,
            ...(body === undefined ? {} : { "content-type": "application/json" }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          redirect: "manual",
          signal: AbortSignal.timeout(patienceMs),
        });
        return readAnswer(url, response.status, await response.text());
      } catch (error) {
        return {
          kind: "unreachable",
          message: `${url} does not answer (${reasonOf(error)}): is Posthorn running there? Start it, or give --url`,
        };
      }
    },
  };
}

function readAnswer(url: string, status: number, text: string): ApiAnswer {
  if (status === 204) return { kind: "done", results: undefined };
  const { results, errors } = parse(text);
  if (status === 200 && results !== undefined) return { kind: "done", results };
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

/** A problem in one line. */
export function describeProblem({ message, description, param, value }: Problem): string {
  return [
    param === undefined || message.includes(param) ? message : `${param}: ${message}`,
    ...(value === undefined ? [] : [`(${JSON.stringify(value)})`]),
    ...(description === undefined ? [] : [description]),
  ].join(" ");
}

/** The cause of a failed `fetch`, in short. */
export function reasonOf(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  const { cause } = error;
  return isNativeError(cause) ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : error.message;
}
