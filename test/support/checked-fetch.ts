import { checkExchange } from "./openapi.ts";

interface CheckedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
  /** The query may hold what no route reads, and so the document does not have. */
  readonly hasStrayQuery?: boolean;
}

export interface CheckedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One call of the API at `base`; fails when the call or its answer is not as the OpenAPI document says. */
export async function checkedFetch(
  base: string,
  path: string,
  { method, headers, body, hasStrayQuery = false }: CheckedRequest,
): Promise<CheckedAnswer> {
  const response = await fetch(`${base}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
  });
  const text = await response.text();
  checkExchange({
    method,
    path,
    ...(hasStrayQuery ? { query: "" } : {}),
    requestHeaders: headers,
    requestBody: body,
    status: response.status,
    contentType: response.headers.get("content-type"),
    allow: response.headers.get("allow"),
    responseBody: text,
  });
  return { status: response.status, headers: response.headers, text };
}
