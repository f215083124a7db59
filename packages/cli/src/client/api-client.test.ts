import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createApiClient } from "./api-client.ts";
import type { ApiClient } from "./api-client.ts";

let server: Server;
let url: string;
let client: ApiClient;
interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}
/** Answers to give first. */
let answers: Answer[];
/** What the server answers to everything else. */
let answer: Answer;
let received: { readonly request: IncomingMessage; readonly body: string }[];

beforeEach(async () => {
  received = [];
  answers = [];
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      received.push({ request, body });
      const { status, body: answered, headers = {} } = answers.shift() ?? answer;
      response.writeHead(status, headers).end(answered);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = createApiClient({ url, apiKey: "the-key" });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("a call carries the key and, when there is one, the body as JSON", async () => {
  answer = { status: 200, body: '{"results":[1]}' };
  expect(await client.call("POST", "/api-keys", { label: "ü" })).toEqual({ kind: "done", results: [1] });
  expect(await client.call("GET", "/api-keys")).toEqual({ kind: "done", results: [1] });
  expect(received.map(({ request, body }) => [request.method, request.url, body])).toEqual([
    ["POST", "/api/v1/api-keys", '{"label":"ü"}'],
    ["GET", "/api/v1/api-keys", ""],
  ]);
  expect(received[0]?.request.headers).toMatchObject({
    authorization: "the-key",
    "content-type": "application/json",
  });
});

test("204 is done, with nothing to tell", async () => {
  answer = { status: 204 };
  expect(await client.call("DELETE", "/api-keys/x")).toEqual({ kind: "done", results: undefined });
});

test("a refusal tells the status and every problem in words", async () => {
  const errors = [
    { message: "label is required", param: "label" },
    { message: "Unknown parameter", param: "colour", value: "red" },
    { message: "Forbidden.", description: "This API key lacks the grant admin.", code: "1100" },
  ];
  answer = { status: 400, body: JSON.stringify({ errors }) };
  expect(await client.call("POST", "/api-keys", {})).toEqual({
    kind: "refused",
    status: 400,
    message: [
      `${url} answers 400:`,
      "  label is required",
      '  colour: Unknown parameter ("red")',
      "  Forbidden. This API key lacks the grant admin.",
    ].join("\n"),
  });
});

test.each([
  [{ status: 502, body: "<html>Bad gateway</html>" }],
  [{ status: 200, body: "<html>It works!</html>" }],
  [{ status: 200, body: "null" }],
  [{ status: 500 }],
  [{ status: 302, headers: { location: "/elsewhere" } }],
])("what is no answer of Posthorn's is called that: %j", async (given) => {
  answer = given;
  expect(await client.call("GET", "/api-keys")).toEqual({
    kind: "refused",
    status: given.status,
    message: `${url} answers ${given.status}, and not as Posthorn does: check --url`,
  });
  expect(received).toHaveLength(1);
});

test.each([
  { first: [], isKnown: true },
  { first: [429], isKnown: true },
  { first: [503], isKnown: false },
  { first: [409, 429], isKnown: false },
])("what an upload finds done is from an earlier one only if it cannot be its own: after $first", async (given) => {
  answers = given.first.map((status) => ({ status, headers: { "retry-after": "0" } }));
  answer = { status: 200, body: '{"results":{"accepted":2}}', headers: { "idempotent-replayed": "true" } };
  const done = await client.upload("/webhooks/x/events", Buffer.from("{}"), { "idempotency-key": "k" });
  const expected = { kind: "done", results: { accepted: 2 } };
  expect(done).toEqual(given.isKnown ? { ...expected, isRepeat: true } : expected);
  expect(received).toHaveLength(given.first.length + 1);
});

test("where nothing listens, the answer says so and what to do", async () => {
  await new Promise((resolve) => server.close(resolve));
  expect(await client.call("GET", "/api-keys")).toEqual({
    kind: "unreachable",
    message: `${url} does not answer (ECONNREFUSED): is Posthorn running there? Start it, or give --url`,
  });
});
