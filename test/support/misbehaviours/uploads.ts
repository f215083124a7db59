import { answers, closed } from "./misbehaviour.ts";
import type { Misbehaviour, Shown } from "./misbehaviour.ts";
import type { Play } from "../misbehaving-target.ts";

const LARGE_BYTES = 6_000_000;

function answersEarly(status: string, andThen: "reads" | "stops" | "closes"): Play {
  return async ({ socket, request }) => {
    await request.head();
    if (andThen !== "reads") socket.pause();
    socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
    if (andThen === "closes") socket.end();
    await closed(socket);
  };
}

const EARLY = [
  ["answers 200 to the head and reads on", "200 OK", "reads"],
  ["answers 200 to the head and stops reading", "200 OK", "stops"],
  ["answers 401 to the head and closes", "401 Unauthorized", "closes"],
  ["answers 413 to the head of a single event and stops reading", "413 Content Too Large", "stops"],
  ["answers 500 to the head and reads on", "500 Internal Server Error", "reads"],
] as const;

/** Answers that come before the batch has gone out: they are the answer. */
export const UPLOADS: readonly Misbehaviour[] = [
  ...EARLY.map(([name, answer, andThen]): Misbehaviour => {
    const status = Number.parseInt(answer, 10);
    const shown: Shown = { kind: status === 200 ? "delivered" : "answered", status };
    return { name, play: answersEarly(answer, andThen), eventBytes: LARGE_BYTES, shown };
  }),
  {
    name: "says 100 Continue before it reads",
    play: async ({ socket, request }) => {
      socket.write("HTTP/1.1 100 Continue\r\n\r\n");
      await answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")({ socket, request });
    },
    shown: { kind: "delivered", status: 200, body: "OK" },
  },
];
