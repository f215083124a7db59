import { setTimeout as delay } from "node:timers/promises";
import type { Socket } from "node:net";
import { answers, closed, drips, readsAndWaits, RESET, TIMEOUT } from "./misbehaviour.ts";
import type { Misbehaviour } from "./misbehaviour.ts";

const LARGE_BYTES = 2_000_000;
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

/** What goes wrong around the exchange: connections that are refused, cut, reset or left hanging. */
export const CONNECTIONS: readonly Misbehaviour[] = [
  {
    name: "has nobody listening",
    play: () => undefined,
    upset: async (target) => {
      await target.stop();
      return () => target.listen();
    },
    shown: {
      kind: "unreachable",
      outcome: "connect",
      errorCode: "ECONNREFUSED",
      message: /^No connection to the target could be made: /,
    },
  },
  { name: "accepts and closes", play: ({ socket }) => void socket.end(), shown: RESET },
  { name: "resets the connection at once", play: ({ socket }) => void socket.resetAndDestroy(), shown: RESET },
  {
    name: "resets after the request's head",
    eventBytes: LARGE_BYTES,
    play: async ({ socket, request }) => {
      await request.head();
      socket.resetAndDestroy();
    },
    shown: RESET,
  },
  {
    name: "resets in the middle of the body",
    eventBytes: LARGE_BYTES,
    play: async ({ socket, request }) => {
      await request.bodyBytes(LARGE_BYTES / 2);
      socket.resetAndDestroy();
    },
    shown: RESET,
  },
  {
    name: "resets after the body",
    play: async ({ socket, request }) => {
      await request.whole();
      socket.resetAndDestroy();
    },
    shown: RESET,
  },
  {
    name: "closes after the body",
    play: async ({ socket, request }) => {
      await request.whole();
      socket.end();
    },
    shown: RESET,
  },
  {
    name: "resets in the middle of its answer's head",
    play: async ({ socket, request }) => {
      await request.whole();
      socket.write("HTTP/1.1 200 O", () => setTimeout(() => socket.resetAndDestroy(), 50));
      await closed(socket);
    },
    shown: RESET,
  },
  { name: "hangs before it reads", play: ({ socket }) => closed(socket), shown: TIMEOUT },
  { name: "hangs after it has read", play: readsAndWaits, shown: TIMEOUT },
  {
    name: "hangs in the middle of the body",
    eventBytes: 4 * LARGE_BYTES,
    play: async ({ socket, request }) => {
      await request.bodyBytes(100_000);
      socket.pause();
      await closed(socket);
    },
    shown: TIMEOUT,
  },
  {
    name: "pauses in the middle of the body and goes on",
    eventBytes: LARGE_BYTES,
    play: async ({ socket, request }) => {
      await request.bodyBytes(100_000);
      socket.pause();
      await delay(500);
      socket.resume();
      await answers(OK)({ socket, request });
    },
    shown: { kind: "delivered", status: 200 },
  },
  {
    name: "reads slowly",
    eventBytes: LARGE_BYTES,
    play: async ({ socket, request }) => {
      const timer = readBitByBit(socket);
      await answers(OK)({ socket, request });
      clearInterval(timer);
      socket.resume();
    },
    shown: { kind: "delivered", status: 200 },
  },
  {
    name: "closes a kept connection while it is idle",
    isOnKept: true,
    // The first batch is answered well, then the connection ends.
    play: ({ socket }) => void socket.resetAndDestroy(),
    shown: { kind: "delivered", status: 200 },
  },
  {
    name: "begins an answer on a kept connection and resets it",
    isOnKept: true,
    play: async ({ socket, request }) => {
      await request.whole();
      socket.write("HTTP/1.1 200 O", () => setTimeout(() => socket.resetAndDestroy(), 50));
      await closed(socket);
    },
    shown: RESET,
  },
  {
    name: "drips its answer's head",
    play: async ({ socket, request }) => {
      await request.whole();
      await drips(socket, `HTTP/1.1 200 OK\r\nX-Slow: ${"x".repeat(10_000)}`);
    },
    shown: TIMEOUT,
  },
];

/** For every tenth of the time a piece of the body, so that the sender meets full buffers. */
function readBitByBit(socket: Socket): NodeJS.Timeout {
  return setInterval(() => {
    if (socket.isPaused()) socket.resume();
    else socket.pause();
  }, 20);
}
