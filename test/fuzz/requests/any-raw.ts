import fc from "fast-check";

/** Bytes that are hardly HTTP, on a connection of their own. */
export interface RawRequest {
  /** What is wrong with them. */
  readonly what: string;
  /** A byte a character. */
  readonly bytes: string;
  /** The sender closes its side after the last byte; else it waits for answers. */
  readonly isCut: boolean;
  /** More would be the answer to something that is no request of its own. */
  readonly answersMax: number;
}

/** Refused, or accepted and wanted by nobody. */
const BODY = '{"msys":{"x_event":{"type":"nobody_wants_this"}}}';

interface Parts {
  readonly line?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

const HOST = "Host: 127.0.0.1";
const lengthOf = (body: string): string => `Content-Length: ${body.length}`;

/** Raw requests with a key that the API knows, as `KEY`, to be put in by who sends them. */
export const KEY = "Authorization: KEY";

function message({ line = "POST /api/v1/events HTTP/1.1", headers = [], body = "" }: Parts): string {
  return [line, ...headers, "", body].join("\r\n");
}

const good = message({ headers: [HOST, KEY, "Content-Type: application/json", lengthOf(BODY)], body: BODY });
const goodGet = message({ line: "GET /api/v1/stats HTTP/1.1", headers: [HOST, KEY] });

const badLine = fc
  .oneof(
    fc.constantFrom(
      "GARBAGE",
      "GET",
      "GET /",
      "GET / HTTP/9.9",
      "GET / HTTP/1.1 more",
      "get /healthz http/1.1",
      " GET /healthz HTTP/1.1",
      "GET\t/healthz\tHTTP/1.1",
      "GET  /healthz  HTTP/1.1",
      "GET /healthz HTTP/0.9",
      "GET /healthz HTTP/1.0",
      "GET http://evil.example/healthz HTTP/1.1",
      "GET //evil.example/healthz HTTP/1.1",
      "GET /../../etc/passwd HTTP/1.1",
      "GET /healthz\u0000 HTTP/1.1",
      "GET /\u00ff\u00fe HTTP/1.1",
      "GET /healthz#x HTTP/1.1",
      "OPTIONS * HTTP/1.1",
      "CONNECT 127.0.0.1:22 HTTP/1.1",
      "TRACE /healthz HTTP/1.1",
      "PRI * HTTP/2.0",
      "BREW /pot HTTP/1.1",
      "M-SEARCH * HTTP/1.1",
      `GET /${"x".repeat(20_000)} HTTP/1.1`,
      `GET /api/v1/webhooks?${"a=1&".repeat(3_000)} HTTP/1.1`,
    ),
    fc.string({ unit: "binary-ascii", maxLength: 40 }),
  )
  .map((line) => ({
    what: "request line",
    bytes: message({ line, headers: [HOST, KEY] }),
    isCut: false,
    answersMax: 2,
  }));

const badHeader = fc
  .oneof(
    fc.constantFrom(
      "Host: other.example",
      "Host: a b",
      "Host: http://x/",
      "No colon",
      ": no name",
      "Bad Name: x",
      "X\u0000: x",
      "X: a\u0000b",
      "X: a\rb",
      "X: a\n folded",
      " X: folded",
      "X: \u00e9\u00ff",
      "Expect: 100-continue",
      "Expect: 200-ok",
      "Expect: 100-continue, 100-continue",
      "Upgrade: websocket\r\nConnection: Upgrade",
      "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings",
      "Connection: close, keep-alive",
      "Connection: Content-Length",
      "Content-Length: -1",
      "Content-Length: 1, 2",
      "Content-Length: +5",
      "Content-Length: 0x10",
      "Content-Length: 1e3",
      "Content-Length: 99999999999999999999",
      "Content-Length: 5\r\nContent-Length: 6",
      "Content-Length: ",
      "Transfer-Encoding: gzip",
      "Transfer-Encoding: identity",
      "Transfer-Encoding: chunked, identity",
      "Transfer-Encoding: xchunked",
      "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: javascript",
      `X: ${"x".repeat(20_000)}`,
      `${"x".repeat(20_000)}: x`,
      "A: b\r\n".repeat(1_900).trimEnd(),
      "A: b\r\n".repeat(5_000).trimEnd(),
      "Cookie: a=b; ".repeat(500).trimEnd(),
      "Range: bytes=0-1,1-2,-1",
      "If-None-Match: *",
      "Authorization: Basic \u00ff\u00ff",
    ),
    fc
      .tuple(fc.string({ unit: "binary-ascii", maxLength: 12 }), fc.string({ unit: "binary-ascii", maxLength: 30 }))
      .map((pair) => pair.join(":")),
  )
  .chain((header) =>
    fc.constantFrom<Parts>(
      { line: "GET /api/v1/webhooks HTTP/1.1", headers: [HOST, KEY, header] },
      { line: "GET /healthz HTTP/1.1", headers: [header] },
      { headers: [HOST, KEY, header, lengthOf(BODY)], body: BODY },
    ),
  )
  .map((parts) => ({ what: "header", bytes: message(parts), isCut: false, answersMax: 2 }));

const chunk = fc.oneof(
  fc.constantFrom(
    "5\r\n[1,2]\r\n",
    "0\r\n\r\n",
    "zz\r\n",
    "-1\r\n",
    "+1\r\na\r\n",
    "0x1\r\na\r\n",
    `${"f".repeat(40)}\r\n`,
    "ffffffffffffffff\r\n",
    '5;ext="\r\n[1,2]\r\n',
    `5;${"e".repeat(20_000)}\r\n[1,2]\r\n`,
    "5\n[1,2]\n",
    "5\r\n[1,2]",
    "2\r\n[1,2]\r\n",
    "\r\n",
    "0\r\nContent-Length: 5\r\nHost: x\r\n\r\n",
    "0\r\nBad Trailer\r\n\r\n",
  ),
  fc.string({ unit: "binary-ascii", maxLength: 12 }),
);
const badChunks = fc.array(chunk, { minLength: 1, maxLength: 5 }).map((chunks) => ({
  what: "chunks",
  bytes: message({
    headers: [HOST, KEY, "Content-Type: application/json", "Transfer-Encoding: chunked"],
    body: chunks.join(""),
  }),
  isCut: false,
  // What is behind the last chunk is a request of its own, or none.
  answersMax: 2,
}));

const HIDDEN = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n\r\n`;
/** Two ways to tell where the body ends: who reads it otherwise than a proxy before it answers a hidden request. */
const smuggled = fc
  .tuple(
    fc.constantFrom(
      "Transfer-Encoding: chunked",
      "Transfer-Encoding : chunked",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
      "Transfer-Encoding: identity, chunked",
      "Transfer-Encoding:\u000bchunked",
      "Transfer-Encoding: \u0000chunked",
      "X: x\nTransfer-Encoding: chunked",
      "Transfer-encoding: CHUNKED",
      "Transfer-Encoding: xchunked",
      " Transfer-Encoding: chunked",
      "Content-Length: 0",
      "Content-Length: 0, 0",
    ),
    fc.constantFrom("0\r\n\r\n", "1\r\n[\r\n0\r\n\r\n", "0\n\n"),
    fc.boolean(),
  )
  .map(([odd, start, isFirst]) => {
    const body = `${start}${HIDDEN}`;
    const lengths = isFirst ? [odd, lengthOf(body)] : [lengthOf(body), odd];
    return {
      what: "smuggling",
      bytes: message({ headers: [HOST, KEY, "Content-Type: application/json", ...lengths], body }),
      isCut: false,
      answersMax: 1,
    };
  });

const truncated = fc
  .tuple(fc.constantFrom(good, goodGet), fc.double({ min: 0, max: 0.999, noNaN: true }))
  .map(([bytes, share]) => ({
    what: "truncated",
    bytes: bytes.slice(0, Math.floor(share * bytes.length)),
    isCut: true,
    answersMax: 1,
  }));

const pipelined = fc
  .tuple(
    fc.array(fc.constantFrom(good, goodGet), { minLength: 1, maxLength: 4 }),
    fc.string({ unit: "binary-ascii", maxLength: 40 }),
  )
  .map(([requests, rubbish]) => ({
    what: "pipelined",
    bytes: `${requests.join("")}${rubbish}`,
    isCut: false,
    answersMax: requests.length + 1,
  }));

const mutated = fc
  .record({
    bytes: fc.constantFrom(good, goodGet),
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    put: fc.string({ unit: "binary-ascii", maxLength: 2 }),
    removes: fc.nat(2),
  })
  .map(({ bytes, at, put, removes }) => {
    const place = Math.floor(at * bytes.length);
    return {
      what: "mutated",
      bytes: `${bytes.slice(0, place)}${put}${bytes.slice(place + removes)}`,
      isCut: false,
      answersMax: 2,
    };
  });

const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => ({
  what: "random bytes",
  bytes: Buffer.from(bytes).toString("latin1"),
  isCut: true,
  answersMax: 1,
}));

export const anyRaw: fc.Arbitrary<RawRequest> = fc.oneof(
  badLine,
  badHeader,
  badChunks,
  smuggled,
  truncated,
  pipelined,
  mutated,
  random,
);
