import { Agent, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import type { SeenAnswer } from "../../support/answer-shape.ts";

export interface HttpRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
}

/** One kept connection to the API. */
export interface HttpClient {
  /** Rejects when there is no answer. */
  send(request: HttpRequest): Promise<SeenAnswer>;
  close(): void;
}

const ANSWER_WITHIN_MS = 30_000;

export function createHttpClient(port: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  const sendOnce = ({ method, path, headers, body }: HttpRequest): Promise<IncomingMessage | "stale"> =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { "content-length": String(body.length) };
      const sent = httpRequest({
        agent,
        host: "127.0.0.1",
        port,
        method,
        path,
        headers: { ...headers, ...length },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      sent.once("response", resolve);
      sent.once("error", (error: NodeJS.ErrnoException) => {
        // The server may close an idle connection at the moment that a request goes out on it.
        if (sent.reusedSocket && error.code === "ECONNRESET") resolve("stale");
        else reject(error);
      });
      sent.end(body);
    });

  const send: HttpClient["send"] = async (request) => {
    const response = await sendOnce(request);
    return response === "stale" ? await send(request) : await read(response);
  };

  return { send, close: () => agent.destroy() };
}

async function read(response: IncomingMessage): Promise<SeenAnswer> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  const { statusCode = 0, headers } = response;
  return {
    status: statusCode,
    header: (name) => headers[name]?.toString(),
    text: Buffer.concat(parts).toString("utf8"),
  };
}
