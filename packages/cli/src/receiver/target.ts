import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { answerFor } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { lineOf } from "./line.ts";
import type { Options } from "./options.ts";
import { readBatch } from "./received.ts";

/** Batch ids whose tries are counted; older ones are forgotten, so that a long run stays small. */
const REMEMBERED_IDS = 10_000;
const DRIP_EVERY_MS = 250;

/** The target itself, not yet listening; `print` gets a line per request. */
export function createTarget(options: Options, print: (line: string) => void): Server {
  const timesSeen = new Map<string, number>();
  let tries = 0;

  const countTimes = (id: string): number => {
    const times = (timesSeen.get(id) ?? 0) + 1;
    timesSeen.delete(id);
    timesSeen.set(id, times);
    const [oldest] = timesSeen.keys();
    if (timesSeen.size > REMEMBERED_IDS && oldest !== undefined) timesSeen.delete(oldest);
    return times;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== "POST") {
      response.writeHead(405, { allow: "POST" }).end("This is a target for batches of events: POST them here.\n");
      return;
    }
    const received = readBatch(request.headers, await read(request));
    const token = request.headers["x-messagesystems-webhook-token"];
    const answer = answerFor(received, typeof token === "string" ? token : undefined, tries, options);
    if (received.kind === "batch") tries += 1;
    print(lineOf(received, received.kind === "batch" ? countTimes(received.id) : 1, answer, new Date()));
    await play(answer, response);
  };

  return createServer((request, response) => {
    // A sender that gives up in the middle is its own affair.
    handle(request, response).catch(() => response.destroy());
  });
}

async function read(request: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function play({ behaviour, delayMs, text }: Answer, response: ServerResponse): Promise<void> {
  if (delayMs > 0) await delay(delayMs, undefined, { ref: false });
  switch (behaviour.kind) {
    case "hang":
      return;
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "drip":
      drip(response);
      return;
    case "status": {
      const { status, location, retryAfterSeconds } = behaviour;
      if (location !== undefined) response.setHeader("location", location);
      if (retryAfterSeconds !== undefined) response.setHeader("retry-after", retryAfterSeconds);
      response.writeHead(status).end(text);
    }
  }
}

/** Sends the head of an answer that never comes to its end. */
function drip({ socket }: ServerResponse): void {
  const start = "HTTP/1.1 200 OK\r\nX-Slow: ";
  let sent = 0;
  const timer = setInterval(() => {
    if (socket === null || socket.destroyed) clearInterval(timer);
    else socket.write(start[sent++] ?? ".");
  }, DRIP_EVERY_MS);
}
