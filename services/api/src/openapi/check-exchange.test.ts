import { gzipSync } from "node:zlib";
import { checkExchange, exchangeProblems } from "../../../../test/support/openapi.ts";
import type { Exchange } from "../../../../test/support/openapi.ts";

// The judge of every exchange that the tests make with the API is judged here itself.

const ID = "1cc94ef0-ab17-41e4-b135-0ff9de159aa7";
const LINKS = [{ href: "http://127.0.0.1/x", rel: "urn.msys.webhooks.webhook", method: ["GET", "PUT"] }];

const json = (value: unknown): string => JSON.stringify(value);

/** A call that is as the document says, with what a test makes of it. */
function exchange(changes: Partial<Exchange> = {}): Exchange {
  return {
    method: "POST",
    path: "/api/v1/webhooks",
    requestHeaders: { authorization: "key", "content-type": "application/json" },
    requestBody: json({ name: "n", target: "https://receiver.example.com/", events: ["open"] }),
    status: 200,
    contentType: "application/json; charset=utf-8",
    responseBody: json({ results: { id: ID, links: LINKS } }),
    ...changes,
  };
}
const refused = (status: number, changes: Partial<Exchange> = {}): Exchange =>
  exchange({ status, responseBody: json({ errors: [{ message: "m" }] }), ...changes });
const read = (path: string, results: unknown, changes: Partial<Exchange> = {}): Exchange =>
  exchange({ method: "GET", path, requestBody: undefined, responseBody: json({ results }), ...changes });

test.each([
  ["a call and its answer", exchange()],
  ["a slash at the end", exchange({ path: "/api/v1/webhooks/" })],
  ["no content type", exchange({ requestHeaders: { authorization: "key" } })],
  ["a kind of JSON", exchange({ requestHeaders: { authorization: "key", "content-type": "application/x.y+json" } })],
  ["a body that was refused as it is wrong", refused(400, { requestBody: "nonsense" })],
  [
    "errors of both shapes",
    refused(400, { responseBody: json({ errors: [{ message: "m", param: "p", value: null }] }) }),
  ],
  [
    "an answer without a body",
    exchange({
      method: "DELETE",
      path: `/api/v1/webhooks/${ID}`,
      requestBody: undefined,
      status: 204,
      contentType: null,
      responseBody: "",
    }),
  ],
  ["a query", read("/api/v1/webhooks?timezone=UTC", [])],
  ["a number in a query", read(`/api/v1/webhooks/${ID}/batch-status?limit=5`, [])],
  ["a list in a query", read("/api/v1/webhooks/events/samples?events=open,click", [])],
  ["a fixed path that a template would match too", read("/api/v1/webhooks/events/documentation", {})],
  ["a call that needs no key", read("/healthz", { status: "alive" }, { requestHeaders: {} })],
  ["a body with GET, which is not looked at", read("/api/v1/webhooks", [], { requestBody: "[]" })],
  ["HEAD", read("/api/v1/webhooks", [], { method: "HEAD", responseBody: "" })],
  ["a path that does not exist", refused(404, { path: "/api/v2/nothing" })],
  ["a method that does not exist", refused(405, { method: "PATCH", allow: "GET, POST" })],
  ["a method that does not exist, without a key", refused(401, { method: "PATCH" })],
  [
    "a compressed body",
    exchange({
      path: "/api/v1/events",
      requestHeaders: { authorization: "key", "Content-Encoding": "gzip" },
      requestBody: gzipSync(json([{ msys: { track_event: { type: "open" } } }])),
      responseBody: json({ results: { id: ID, accepted: 1 } }),
    }),
  ],
])("%s is as the document says", (_, made) => {
  expect(exchangeProblems(made)).toEqual([]);
});

test.each([
  [
    "a field that is not documented",
    exchange({ responseBody: json({ results: { id: ID, links: LINKS, more: 1 } }) }),
    /additional properties.*more/,
  ],
  ["a field that is missing", exchange({ responseBody: json({ results: { id: ID } }) }), /required property 'links'/],
  [
    "a field of another kind",
    exchange({ responseBody: json({ results: { id: 7, links: LINKS } }) }),
    /results\/id must be string/,
  ],
  ["a status that is not documented", refused(409), /status 409 is not documented/],
  ["a fault", refused(500), /always a fault/],
  [
    "a page",
    refused(400, { contentType: "text/html", responseBody: "<html>" }),
    /Content-Type text\/html is not documented/,
  ],
  ["no JSON", exchange({ responseBody: "{" }), /no JSON/],
  [
    "a body that nobody expects",
    exchange({ method: "DELETE", path: `/api/v1/webhooks/${ID}`, status: 204 }),
    /has a body/,
  ],
  ["an error of no known shape", refused(400, { responseBody: json({ errors: [{ message: "m", hint: 1 }] }) }), /hint/],
  ["an empty list of errors", refused(404, { path: "/nothing", responseBody: json({ errors: [] }) }), /fewer than 1/],
  [
    "success after a body that the document forbids",
    exchange({ requestBody: json({ name: "n" }) }),
    /request .*required property 'target'/,
  ],
  [
    "success after a field that the document does not have",
    exchange({ requestBody: json({ name: "n", target: "https://r.example.com", events: ["open"], more: 1 }) }),
    /request .*more/,
  ],
  ["success without the body", exchange({ requestBody: undefined }), /body is missing/],
  [
    "success after another content type",
    exchange({ requestHeaders: { authorization: "key", "content-type": "text/html" } }),
    /request's Content-Type/,
  ],
  ["success without a key", exchange({ requestHeaders: {} }), /without a key/],
  ["success after a query that is not documented", read("/api/v1/webhooks?page=2", []), /query parameter page/],
  [
    "success after a query of another kind",
    read(`/api/v1/webhooks/${ID}/batch-status?limit=many`, []),
    /parameter limit: .*integer/,
  ],
  [
    "success after a header of another kind",
    read("/api/v1/webhooks", [], { requestHeaders: { authorization: "key", "x-msys-subaccount": "-3" } }),
    /X-MSYS-SUBACCOUNT/,
  ],
  ["success at a path that is no id", read("/api/v1/webhooks/seven/batch-status", []), /path parameter id: .*uuid/],
  ["a path that is not documented", read("/api/v1/secrets", []), /no such path/],
  ["a method that is not documented", exchange({ method: "PATCH" }), /no such method/],
  ["other methods in Allow", refused(405, { method: "PATCH", allow: "GET" }), /Allow is GET/],
])("%s is a violation", (_, made, problem) => {
  expect(exchangeProblems(made)).toContainEqual(expect.stringMatching(problem));
});

test("a violation fails with what was called, what is wrong and what was answered", () => {
  expect(() => checkExchange(exchange({ responseBody: json({ results: {} }) }))).toThrow(
    /^POST \/api\/v1\/webhooks → 200 .*\n {2}- answer \/results must have required property 'id', but is \{\}\n.*\n {2}answer: \{"results":\{\}\}$/s,
  );
  expect(() => checkExchange(exchange())).not.toThrow();
});
