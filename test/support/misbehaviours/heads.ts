import { answers, answersAndCloses, noHttp, TIMEOUT } from "./misbehaviour.ts";
import type { Misbehaviour } from "./misbehaviour.ts";

const OK: Misbehaviour["shown"] = { kind: "delivered", status: 200, body: "OK" };

/** Answers whose head is no HTTP, or only just. */
export const HEADS: readonly Misbehaviour[] = [
  {
    name: "speaks another protocol",
    play: ({ socket }) => void socket.write("220 mail.example ESMTP\r\n"),
    shown: noHttp("HPE_INVALID_CONSTANT"),
  },
  {
    name: "answers as HTTP/0.9 did",
    play: answersAndCloses("<html>OK</html>\r\n"),
    shown: noHttp("HPE_INVALID_CONSTANT"),
  },
  {
    name: "speaks HTTP/2",
    // An empty SETTINGS frame, which is how an HTTP/2 server begins.
    play: answersAndCloses("\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    shown: noHttp("HPE_INVALID_CONSTANT"),
  },
  {
    name: "answers in HTTP/1.0 and closes",
    play: answersAndCloses("HTTP/1.0 200 OK\r\n\r\nOK"),
    shown: OK,
  },
  {
    name: "answers with the status 42",
    play: answers("HTTP/1.1 42 Answer\r\nContent-Length: 0\r\n\r\n"),
    shown: noHttp("HPE_INVALID_STATUS"),
  },
  {
    name: "answers with the status 999",
    play: answers("HTTP/1.1 999 Go Away\r\nContent-Length: 0\r\n\r\n"),
    shown: { kind: "answered", status: 999 },
  },
  {
    name: "sends a header that is not ASCII",
    play: answers("HTTP/1.1 200 OK\r\nX-Caf\u00e9: d\u00e9j\u00e0 vu \u0080\u00ff\r\nContent-Length: 2\r\n\r\nOK"),
    shown: noHttp("HPE_INVALID_HEADER_TOKEN"),
  },
  {
    name: "sends a header's value that is not ASCII",
    play: answers("HTTP/1.1 200 OK\r\nX-Note: d\u00e9j\u00e0 vu \u0080\u00ff\r\nContent-Length: 2\r\n\r\nOK"),
    shown: OK,
  },
  {
    name: "sends 100 KiB of headers",
    play: answers(`HTTP/1.1 200 OK\r\nX-Long: ${"x".repeat(102_400)}\r\nContent-Length: 2\r\n\r\nOK`),
    shown: noHttp("HPE_HEADER_OVERFLOW"),
  },
  {
    name: "sends three thousand headers",
    play: answers(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${"a:b\r\n".repeat(3_000)}\r\nOK`),
    shown: OK,
  },
  {
    name: "sends two different Content-Lengths",
    play: answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nOK"),
    shown: noHttp("HPE_UNEXPECTED_CONTENT_LENGTH"),
  },
  {
    name: "sends both Content-Length and Transfer-Encoding",
    play: answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\n\r\n"),
    shown: noHttp("HPE_INVALID_TRANSFER_ENCODING"),
  },
  {
    name: "sends a Content-Length that is no number",
    play: answers("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nOK"),
    shown: noHttp("HPE_INVALID_CONTENT_LENGTH"),
  },
  {
    name: "sends a Transfer-Encoding that nobody knows and closes",
    play: answersAndCloses("HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\nOK"),
    shown: OK,
  },
  {
    name: "switches to another protocol",
    play: answers("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
    shown: {
      kind: "unreachable",
      outcome: "protocol",
      errorCode: "ESWITCHEDPROTOCOL",
      message: /^The target's answer is not valid HTTP: it answered 101 and switched to another protocol$/,
    },
  },
  {
    name: "answers 101 without switching",
    play: answers("HTTP/1.1 101 Switching Protocols\r\nContent-Length: 0\r\n\r\n"),
    shown: { kind: "answered", status: 101 },
  },
  {
    name: "says 100 Continue and no more",
    play: async ({ socket, request }) => {
      await answers("HTTP/1.1 100 Continue\r\n\r\n")({ socket, request });
      await new Promise((resolve) => socket.once("close", resolve));
    },
    shown: TIMEOUT,
  },
  {
    name: "hints by 103 and then answers",
    play: answers("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"),
    shown: OK,
  },
];
