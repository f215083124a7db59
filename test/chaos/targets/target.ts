import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { seededRandom } from "../../../packages/cli/src/simulate/random.ts";
import { readBody } from "../events.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Character, TargetAnswer } from "./character.ts";

/** A real HTTP target that behaves as its character does and enters what it gets into the ledger. */
export interface Target {
  readonly url: string;
  /** When a request of a batch came last; `undefined` before. */
  readonly lastRequestAtMs: () => number | undefined;
  /** Stops listening and cuts every connection. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

interface TargetOptions {
  readonly character: Character;
  readonly seed: number;
  readonly ledger: Ledger;
  readonly now: () => number;
  readonly progress: () => number;
}

const TEST_BODY = '[{"msys":{}}]';
const SHOWN_BYTES = 300;

export async function startTarget({ character, seed, ledger, now, progress }: TargetOptions): Promise<Target> {
  const random = seededRandom(seed);
  let lastRequestAtMs: number | undefined;
  let server: Server | undefined;
  let port = 0;

  /** The whole body, or `undefined` when the connection was reset before. */
  const read = async (request: IncomingMessage, answer: TargetAnswer): Promise<Buffer | undefined> => {
    const bodyBytes = Number(request.headers["content-length"]);
    const resetsAt =
      answer.kind !== "reset" || answer.at === "end" ? Infinity : answer.at === "head" ? 0 : bodyBytes / 2;
    const parts: Buffer[] = [];
    let readBytes = 0;
    if (resetsAt > 0) {
      for await (const part of request) {
        parts.push(part as Buffer);
        readBytes += (part as Buffer).length;
        if (readBytes >= resetsAt) break;
      }
    }
    if (resetsAt === Infinity) return Buffer.concat(parts);
    request.socket.resetAndDestroy();
    return undefined;
  };

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.headers["content-length"] === String(TEST_BODY.length)) {
      request.resume();
      response.writeHead(200).end();
      return;
    }
    lastRequestAtMs = now();
    const chosen = character.answer(random, progress());
    const body = await read(request, chosen);
    if (body === undefined) return;
    const events = readBody(body);
    const isOneEvent = events.kind === "events" && events.numbers.length === 1;
    const isTooLarge = body.length > (character.maxBodyBytes?.(progress()) ?? Infinity) && !isOneEvent;
    const answer: TargetAnswer = isTooLarge ? { kind: "answer", status: 413, delayMs: 0 } : chosen;
    const entry = ledger.receive({
      webhook: character.name,
      batch: String(request.headers["x-messagesystems-batch-id"]),
      digest: createHash("sha1").update(body).digest("base64url"),
      body: events,
      start: body.toString("utf8", 0, SHOWN_BYTES),
      atMs: now(),
      answer: describeAnswer(answer),
    });
    play(answer, response, entry.delivered);
  };

  const start = async (): Promise<void> => {
    if (server !== undefined) return;
    const listening = createServer((request, response) => {
      receive(request, response).catch(() => response.destroy());
    });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(port, "127.0.0.1", resolve));
    ({ port } = listening.address() as AddressInfo);
  };

  await start();
  return {
    url: `http://127.0.0.1:${port}/${character.name}`,
    lastRequestAtMs: () => lastRequestAtMs,
    start,
    stop: async () => {
      const closed = new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
      server?.closeAllConnections();
      server = undefined;
      await closed;
    },
  };
}

function describeAnswer(answer: TargetAnswer): string {
  switch (answer.kind) {
    case "answer":
      return String(answer.status);
    case "hang":
      return "hang";
    case "reset":
      return "reset";
    case "answer-and-reset":
      return `${answer.status} and reset`;
  }
}

function play(answer: TargetAnswer, response: ServerResponse, delivered: () => void): void {
  switch (answer.kind) {
    case "hang":
      return;
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "answer-and-reset":
      response.writeHead(answer.status).end(() => response.socket?.resetAndDestroy());
      delivered();
      return;
    case "answer": {
      const { status, delayMs, retryAfterSeconds } = answer;
      setTimeout(() => {
        const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
        // A sender that has gone meanwhile gets no answer.
        if (response.destroyed || response.socket?.destroyed !== false) return;
        response.writeHead(status, headers).end();
        if (status >= 200 && status < 300) delivered();
      }, delayMs);
    }
  }
}
