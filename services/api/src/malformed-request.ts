import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Log } from "@posthorn/runtime";

type Refusal = readonly [status: number, message: string];

/** What Node's parser says of a request that never becomes one, as status and advice. */
const REFUSALS: ReadonlyMap<string | undefined, Refusal> = new Map([
  ["HPE_HEADER_OVERFLOW", [431, "The request's headers are too large: send fewer or shorter ones"]],
  ["ERR_HTTP_REQUEST_TIMEOUT", [408, "The request took too long to arrive: send it again"]],
]);
const NO_HTTP: Refusal = [400, "This is no valid HTTP request: check what sends it"];

/**
 * Answers what the parser refuses as everything else is: in the API's error shape, under an id with which the log tells
 * of it. No request exists then, so Express never sees it.
 */
export function answerMalformedRequests(server: Server, log: Pick<Log, "info">): void {
  // What a request expects but 100-continue may be ignored (RFC 9110 §10.1.1); the platform would answer 417 and no more.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    // Once an answer has begun on this connection, another one would be taken for its body.
    const hasBegun = "bytesWritten" in socket && Number(socket.bytesWritten) > 0;
    if (error.code === "ECONNRESET" || !socket.writable || hasBegun) {
      socket.destroy();
      return;
    }
    const [status, message] = REFUSALS.get(error.code) ?? NO_HTTP;
    const requestId = randomUUID();
    const body = JSON.stringify({ errors: [{ message }] });
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      "Content-Type: application/json; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-ID: ${requestId}`,
      "X-Content-Type-Options: nosniff",
      "Content-Security-Policy: default-src 'none'",
      "Connection: close",
    ];
    socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
    // What was sent is not logged: it may be anything, and hold secrets.
    log.info({ requestId, status, code: error.code }, "request.answered");
  });
}
