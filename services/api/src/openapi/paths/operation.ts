import { failures } from "../failures.ts";
import { answer, NO_SECURITY, REQUEST_ID } from "../operation.ts";
import type { Answer, Operation, Paths } from "../operation.ts";
import { exactly, ref, results } from "../schema.ts";

const tags = ["Operation"];

/** A call of Posthorn's own that anybody may make. */
function openCall(call: Omit<Operation, "tags" | "security" | "x-posthorn">): Operation {
  return { ...call, tags, security: NO_SECURITY, "x-posthorn": true };
}

function file(description: string, ...types: readonly string[]): Answer {
  return {
    description,
    headers: REQUEST_ID,
    content: Object.fromEntries(types.map((type) => [type, { schema: { type: "string" as const } }])),
  };
}

const readiness = results(
  exactly({
    ready: { type: "boolean", description: "Whether this process can take events." },
    redis: { type: "string", description: "The version of Redis." },
    durability: { type: "string", description: "What an acknowledged event survives, in words." },
    backlog: { type: "string", description: "How full the store is, and where its limit comes from, in words." },
  }),
);

/** How a process is, and this document itself. */
export const OPERATION_PATHS: Paths = {
  "/healthz": {
    get: openCall({
      operationId: "checkHealth",
      summary: "Does the process live?",
      description: "Answers as long as the process does. Needs no key.",
      responses: {
        200: answer("It lives.", results(exactly({ status: { const: "alive" } })), { results: { status: "alive" } }),
        ...failures(500),
      },
    }),
  },
  "/readyz": {
    get: openCall({
      operationId: "checkReadiness",
      summary: "Can the process take events?",
      description:
        "Whether Redis answers and the definitions are loaded, and what its configuration promises. Needs no key.",
      responses: {
        200: answer("It is ready.", readiness, {
          results: {
            ready: true,
            redis: "7.4.0",
            durability:
              "an acknowledged event survives a crash of Redis and of its machine (AOF, fsync before every answer)",
            backlog: "12 % of 614 MB (60 % of Redis' maxmemory)",
          },
        }),
        503: answer("It is not ready, or Redis is away.", { anyOf: [readiness, ref("Errors")] }),
        ...failures(500),
      },
    }),
  },
  "/metrics": {
    get: {
      ...openCall({
        operationId: "readMetrics",
        summary: "Prometheus metrics",
        description: "The metrics of this process. Needs `Authorization: Bearer <METRICS_TOKEN>` when that is set.",
        responses: { 200: file("The metrics.", "text/plain"), ...failures(401, 500) },
      }),
      security: [{}, { metricsToken: [] }],
    },
  },
  "/api/v1/openapi.json": {
    get: openCall({
      operationId: "readOpenApi",
      summary: "This document",
      description: "The whole API as OpenAPI 3.1, for viewers and generators of clients. Needs no key.",
      responses: {
        200: answer("The document.", {
          type: "object",
          properties: { openapi: { const: "3.1.0" } },
          required: ["openapi", "info", "paths"],
        }),
        ...failures(500),
      },
    }),
  },
  "/api/docs": {
    get: openCall({
      operationId: "readDocs",
      summary: "This document as a page",
      description: "For reading, and for trying the calls with a key. Needs no key itself.",
      responses: { 200: file("The page.", "text/html"), ...failures(500) },
    }),
  },
  "/api/docs/{file}": {
    parameters: [
      {
        name: "file",
        in: "path",
        required: true,
        description: "A file that the page is made of.",
        schema: { type: "string" },
        example: "swagger-ui.css",
        "x-posthorn": true,
      },
    ],
    get: openCall({
      operationId: "readDocsFile",
      summary: "A file of the page",
      description: "Styles, scripts and icon of `/api/docs`. Needs no key.",
      responses: {
        200: file("The file.", "text/css", "text/javascript", "image/png"),
        304: { description: "The copy that the browser has is still good.", headers: REQUEST_ID },
        ...failures(400, 404, 412, 500),
      },
    }),
  },
};
