import { gzipSync } from "node:zlib";
import { setTimeout as delay } from "node:timers/promises";
import { answers, answersAndCloses, drips, floods } from "./misbehaviour.ts";
import type { Misbehaviour } from "./misbehaviour.ts";

const BOMB = gzipSync(Buffer.alloc(50_000_000)).toString("latin1");
const PAGE = "<html><script>alert(1)</script></html>";
/** The first KiB of an answer is kept. */
const KEPT_BYTES = 1_024;

function withLength(status: string, body: string, headers = ""): string {
  return `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** Answers whose body is too long, no text, no end or something else than it says. A 2xx stays one. */
export const BODIES: readonly Misbehaviour[] = [
  {
    name: "drips the body of its 200",
    play: async ({ socket, request }) => {
      await answers("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegun")({ socket, request });
      await drips(socket, "x");
    },
    shown: { kind: "delivered", status: 200, body: expect.stringMatching(/^begunx+$/) },
  },
  {
    name: "drips the body of its 500",
    play: async ({ socket, request }) => {
      await answers("HTTP/1.1 500 Oops\r\nContent-Length: 1000\r\n\r\nbegun")({ socket, request });
      await drips(socket, "x");
    },
    shown: { kind: "answered", status: 500, body: expect.stringMatching(/^begunx+$/) },
  },
  {
    name: "never ends the body of its 200",
    play: async ({ socket, request }) => {
      await answers("HTTP/1.1 200 OK\r\n\r\n")({ socket, request });
      await floods(socket, "y".repeat(16_384));
    },
    shown: { kind: "delivered", status: 200, body: "y".repeat(KEPT_BYTES) },
  },
  {
    name: "answers 500 with a body of 200 KiB",
    play: answers(withLength("500 Oops", "z".repeat(204_800))),
    shown: { kind: "answered", status: 500, body: "z".repeat(KEPT_BYTES) },
  },
  {
    name: "answers 500 with a body that is no UTF-8",
    play: answers(withLength("500 Oops", "ab\u00ff\u00fe\u0000cd")),
    shown: { kind: "answered", status: 500, body: "ab\ufffd\ufffd\u0000cd" },
  },
  {
    name: "answers 500 with a KiB that ends within a character",
    play: answers(withLength("500 Oops", `a${Buffer.from("é".repeat(KEPT_BYTES)).toString("latin1")}`)),
    shown: { kind: "answered", status: 500, body: `a${"é".repeat(KEPT_BYTES / 2 - 1)}` },
  },
  {
    name: "answers 500 with a page that holds a script",
    play: answers(withLength("500 Oops", PAGE, "Content-Type: text/html\r\n")),
    shown: { kind: "answered", status: 500, body: PAGE },
  },
  {
    name: "answers with a gzip bomb",
    play: answers(withLength("200 OK", BOMB, "Content-Encoding: gzip\r\n")),
    // As it came: nothing is decompressed.
    shown: { kind: "delivered", status: 200, body: expect.stringContaining("\u001f\ufffd") },
  },
  {
    name: "sends less than its Content-Length and closes",
    play: answersAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut"),
    shown: { kind: "delivered", status: 200, body: "cut" },
  },
  {
    name: "sends more than its Content-Length",
    play: answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK and more than that"),
    shown: { kind: "delivered", status: 200, body: "OK" },
  },
  {
    name: "sends a chunk size that is no number",
    play: answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\nzz\r\n"),
    shown: { kind: "delivered", status: 200 },
  },
  {
    name: "sends a chunk that is too long for any number",
    play: answers(`HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n${"f".repeat(40)}\r\nOK`),
    shown: { kind: "answered", status: 500 },
  },
  {
    name: "sends trailers",
    play: answers(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n2\r\nOK\r\n0\r\nX-T: 1\r\nContent-Length: 9\r\n\r\n",
    ),
    shown: { kind: "delivered", status: 200, body: "OK" },
  },
  {
    name: "answers 204 with a body",
    play: answers("HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nbody"),
    shown: { kind: "delivered", status: 204, body: "" },
  },
  {
    name: "answers twice at once",
    play: answers(`${withLength("200 OK", "first")}${withLength("500 Oops", "second")}`),
    shown: { kind: "delivered", status: 200, body: "first" },
  },
  {
    name: "answers once more while the connection is idle",
    play: async ({ socket, request }) => {
      await answers(withLength("200 OK", "first"))({ socket, request });
      await delay(100);
      socket.write(withLength("500 Oops", "second"));
    },
    shown: { kind: "delivered", status: 200, body: "first" },
  },
];
