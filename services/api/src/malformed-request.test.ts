import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { answerMalformedRequests } from "./malformed-request.ts";

let server: Server;
let lines: unknown[][];
beforeEach(async () => {
  lines = [];
  server = createServer({ headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 20 });
  answerMalformedRequests(server, { info: (...told: unknown[]) => lines.push(told) });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  server.close();
  await once(server, "close");
});

async function answerTo(text: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  let answer = "";
  socket.on("data", (data) => (answer += data.toString()));
  socket.write(text);
  await once(socket, "close");
  return answer;
}

test.each([
  ["what is no HTTP", "nonsense\r\n\r\n", 400, "HPE_INVALID_METHOD"],
  [
    "a head of a hundred kilobytes",
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(100_000)}\r\n\r\n`,
    431,
    "HPE_HEADER_OVERFLOW",
  ],
  ["a head that does not end", "GET / HTTP/1.1\r\n", 408, "ERR_HTTP_REQUEST_TIMEOUT"],
])("%s is logged under the id that its answer carries", async (_, text, status, code) => {
  const answer = await answerTo(text);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toMatch(/\r\nX-Content-Type-Options: nosniff\r\n/);
  const [, requestId] = /\r\nX-Request-ID: ([\da-f-]{36})\r\n/.exec(answer) ?? [];
  expect(lines).toEqual([[{ requestId, status, code }, "request.answered"]]);
});
