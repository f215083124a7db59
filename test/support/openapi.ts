import { gunzipSync } from "node:zlib";
import type { MediaType } from "../../services/api/src/openapi/operation.ts";
import { ref } from "../../services/api/src/openapi/schema.ts";
import { callAt, matchPath, methodsOf, resolveAnswer, schemaProblems, textProblems } from "./openapi-document.ts";
import type { DocumentedCall } from "./openapi-document.ts";

/** One call of the API, as it was made and answered. */
export interface Exchange {
  readonly method: string;
  /** With or without a query. */
  readonly path: string;
  readonly query?: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody?: string | Uint8Array | undefined;
  readonly status: number;
  readonly contentType: string | null;
  /** The header `Allow`, where it was read. */
  readonly allow?: string | null;
  readonly responseBody: string;
}

/** A call that succeeded or was answered otherwise than the document says: never to be taken for a call that failed. */
export class DocumentViolation extends Error {}

/** Problems that are shown at most: more of them are mostly the same in other rows. */
const SHOWN_MAX = 12;

/** What a path that the document does not have may be answered with. */
const NOWHERE = new Set([400, 401, 403, 404, 429, 503]);

/** Throws a `DocumentViolation` when a call of the API is not as the OpenAPI document says. */
export function checkExchange(exchange: Exchange): void {
  const problems = exchangeProblems(exchange);
  if (problems.length === 0) return;
  const { method, path, status, responseBody } = exchange;
  throw new DocumentViolation(
    [
      `${method} ${path} → ${status} is not as the OpenAPI document says (services/api/src/openapi):`,
      ...problems.slice(0, SHOWN_MAX).map((problem) => `  - ${problem}`),
      `  answer: ${responseBody.slice(0, 500)}`,
    ].join("\n"),
  );
}

/** Everything that is not as the document says; empty = nothing. */
export function exchangeProblems(exchange: Exchange): string[] {
  const { method, status } = exchange;
  const [path = "", inPath = ""] = exchange.path.split("?");
  const query = new URLSearchParams(exchange.query ?? inPath);
  if (status === 500) return ["500 is documented, but always a fault"];
  const place = matchPath(path);
  if (place === undefined) {
    return NOWHERE.has(status) ? errorProblems(exchange) : ["the document has no such path"];
  }
  const call = callAt(place, method);
  if (call === undefined) {
    // Who may not call at all is not told what could be called.
    if (status !== 405)
      return NOWHERE.has(status) ? errorProblems(exchange) : ["the document has no such method there"];
    return [...allowProblems(exchange.allow, methodsOf(place)), ...errorProblems(exchange)];
  }
  const isSuccess = status < 300;
  return [...answerProblems(exchange, call), ...(isSuccess ? requestProblems(exchange, call, query) : [])];
}

function allowProblems(allow: string | null | undefined, methods: readonly string[]): string[] {
  if (allow === undefined) return [];
  const named = (allow ?? "").split(", ").toSorted();
  return named.join() === methods.toSorted().join()
    ? []
    : [`Allow is ${allow}, but the document has ${methods.join(", ")}`];
}

function errorProblems({ method, contentType, responseBody }: Exchange): string[] {
  if (method === "HEAD") return [];
  return contentProblems("answer", { "application/json": { schema: ref("Errors") } }, contentType, responseBody);
}

function answerProblems(
  { method, status, contentType, responseBody }: Exchange,
  { operation }: DocumentedCall,
): string[] {
  const answer = resolveAnswer(operation.responses[status]);
  if (answer === undefined) return [`status ${status} is not documented`];
  if (method === "HEAD" || answer.content === undefined) {
    return responseBody === "" ? [] : ["the answer has a body, but none is documented"];
  }
  return contentProblems("answer", answer.content, contentType, responseBody);
}

function requestProblems(exchange: Exchange, call: DocumentedCall, query: URLSearchParams): string[] {
  return [
    ...parameterProblems(exchange, call, query),
    ...keyProblems(exchange, call),
    ...requestBodyProblems(exchange, call),
  ];
}

function keyProblems({ requestHeaders }: Exchange, { operation }: DocumentedCall): string[] {
  const isOpen = operation.security.length === 0 || operation.security.some((way) => Object.keys(way).length === 0);
  const hasKey = headerOf(requestHeaders, "authorization") !== undefined;
  return isOpen || hasKey ? [] : ["it succeeded without a key, but the document demands one"];
}

function parameterProblems(
  { requestHeaders }: Exchange,
  { parameters, pathValues }: DocumentedCall,
  query: URLSearchParams,
): string[] {
  const problems = parameters.flatMap(({ name, in: place, schema, required = false, explode = true }) => {
    const given = {
      path: () => pathValues[name],
      header: () => headerOf(requestHeaders, name),
      query: () =>
        explode ? query.get(name) : query.get(name) === null ? null : query.getAll(name).join(",").split(","),
    }[place]();
    if (given === undefined || given === null) return required ? [`${place} parameter ${name} is missing`] : [];
    return textProblems(schema, given).map((problem) => `${place} parameter ${name}: ${problem}`);
  });
  const known = new Set(parameters.filter((one) => one.in === "query").map(({ name }) => name));
  const unknown = [...new Set(query.keys())].filter((name) => !known.has(name));
  return [...problems, ...unknown.map((name) => `query parameter ${name} is not documented, but succeeded`)];
}

function requestBodyProblems({ requestBody, requestHeaders }: Exchange, { operation }: DocumentedCall): string[] {
  // Bodies that nobody asked for are not looked at, since clients of the original send some with GET.
  if (operation.requestBody === undefined) return [];
  const { required, content } = operation.requestBody;
  if (requestBody === undefined || requestBody.length === 0) return required ? ["the request's body is missing"] : [];
  const isGzip = headerOf(requestHeaders, "content-encoding")?.toLowerCase() === "gzip";
  const bytes = typeof requestBody === "string" ? Buffer.from(requestBody) : requestBody;
  const text = Buffer.from(isGzip ? gunzipSync(bytes) : bytes).toString("utf8");
  const type = headerOf(requestHeaders, "content-type") ?? Object.keys(content)[0] ?? "";
  return contentProblems("request", content, type, text);
}

function contentProblems(
  what: "request" | "answer",
  content: Readonly<Record<string, MediaType>>,
  contentType: string | null,
  text: string,
): string[] {
  const type = mediaType(contentType ?? "");
  const media = content[type];
  if (media === undefined) return [`the ${what}'s Content-Type ${contentType} is not documented`];
  let value: unknown = text;
  if (type === "application/json") {
    try {
      value = JSON.parse(text) as unknown;
    } catch (error) {
      return [`the ${what} is no JSON: ${String(error)}`];
    }
  }
  return schemaProblems(media.schema, value).map((problem) => `${what} ${problem}`);
}

/** Without parameters, and what goes by several names under the documented one. */
function mediaType(header: string): string {
  const type = (header.split(";")[0] ?? "").trim().toLowerCase();
  if (/^application\/(?:[\w.+-]+\+)json$/.test(type)) return "application/json";
  return /^application\/(?:x-)?(?:ndjson|jsonlines)$/.test(type) ? "application/x-ndjson" : type;
}

function headerOf(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(headers).find(([given]) => given.toLowerCase() === name.toLowerCase())?.[1];
}
