import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a target does with a request. */
export type ScriptedAnswer =
  | {
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
      readonly delayMs?: number;
    }
  | "hang"
  | "reset"
  | "drip-head"
  | "drip-body";

export interface ReceivedBatch {
  /** With the query. */
  readonly path: string;
  readonly batchId: string;
  readonly token: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly events: readonly unknown[];
  /** By `performance.now()`. */
  readonly atMs: number;
}

/** A real HTTP target that does as it is told and remembers what it got. */
export interface Receiver {
  readonly url: string;
  readonly port: number;
  /** Batches in the order of their arrival, every attempt of one counted. */
  readonly batches: ReceivedBatch[];
  /** Test POSTs. */
  readonly tests: ReceivedBatch[];
  /** A list answers the next batches in turn, then 200; a function answers all. Test POSTs get 200 unless told. */
  answerWith(answers: readonly ScriptedAnswer[] | ((batch: ReceivedBatch) => ScriptedAnswer)): void;
  answerTestsWith(answer: ScriptedAnswer): void;
  /** Stops listening and cuts every connection; `start` listens on the same port again. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const TEST_BODY = '[{"msys":{}}]';
const DRIP_EVERY_MS = 100;

export async function startReceiver(): Promise<Receiver> {
  const batches: ReceivedBatch[] = [];
  const tests: ReceivedBatch[] = [];
  let queued: ScriptedAnswer[] = [];
  let decide: ((batch: ReceivedBatch) => ScriptedAnswer) | undefined;
  let testAnswer: ScriptedAnswer = { status: 200 };
  let server: Server | undefined;
  let port = 0;

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const batch: ReceivedBatch = {
      path: request.url ?? "",
      batchId: String(request.headers["x-messagesystems-batch-id"]),
      token: request.headers["x-messagesystems-webhook-token"] as string | undefined,
      headers: request.headers,
      body,
      events: JSON.parse(body.toString()) as unknown[],
      atMs: performance.now(),
    };
    if (body.toString() === TEST_BODY) {
      tests.push(batch);
      play(testAnswer, response);
      return;
    }
    batches.push(batch);
    play(decide?.(batch) ?? queued.shift() ?? { status: 200 }, response);
  };

  const start = async (): Promise<void> => {
    server = createServer((request, response) => {
      receive(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server?.listen(port, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  };

  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server?.close(resolve));
    server?.closeAllConnections();
    await closed;
  };

  await start();
  return {
    url: `http://127.0.0.1:${port}/hook?from=posthorn`,
    port,
    batches,
    tests,
    answerWith: (answers) => {
      if (typeof answers === "function") {
        decide = answers;
      } else {
        decide = undefined;
        queued = [...answers];
      }
    },
    answerTestsWith: (answer) => {
      testAnswer = answer;
    },
    start,
    stop,
    close: stop,
  };
}

function play(answer: ScriptedAnswer, response: ServerResponse): void {
  switch (answer) {
    case "hang":
      return;
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "drip-head":
      drip(response, "HTTP/1.1 200 OK\r\nX-Slow: ".padEnd(2_000, "x"));
      return;
    case "drip-body":
      response.writeHead(200);
      drip(response, "x".repeat(2_000));
      return;
    default:
      setTimeout(() => response.writeHead(answer.status, answer.headers).end(answer.body ?? ""), answer.delayMs ?? 0);
  }
}

/** Sends the text a byte at a time, for as long as the other side listens. */
function drip(response: ServerResponse, text: string): void {
  const socket = response.socket;
  let at = 0;
  const timer = setInterval(() => {
    if (socket === null || socket.destroyed || at >= text.length) return clearInterval(timer);
    if (response.headersSent) response.write(text[at++]);
    else socket.write(text[at++] ?? "");
  }, DRIP_EVERY_MS);
}
