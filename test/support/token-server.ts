import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface TokenRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How the server answers: it grants a token unless told otherwise. */
export type TokenAnswer =
  | { readonly expiresIn?: number | string; readonly delayMs?: number }
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | "hang";

/** A real OAuth2 token endpoint that does as it is told and remembers what it was asked. */
export interface TokenServer {
  readonly url: string;
  readonly requests: TokenRequest[];
  /** The tokens it granted, in order. */
  readonly issued: string[];
  /** The answer from now on, or what decides each one. */
  answerWith(answer: TokenAnswer | ((request: TokenRequest) => TokenAnswer)): void;
  /** From now on, what was granted so far is not accepted any more. */
  revoke(): void;
  /** True when this `Authorization` header shows a token of this server that was not revoked. */
  accepts(authorization: string | undefined): boolean;
  close(): Promise<void>;
}

const EXPIRES_IN = 3_600;

export async function startTokenServer(): Promise<TokenServer> {
  const requests: TokenRequest[] = [];
  const issued: string[] = [];
  const valid = new Set<string>();
  let decide: (request: TokenRequest) => TokenAnswer = () => ({});

  const grant = (expiresIn: number | string): string => {
    const token = `token-${issued.length + 1}-${randomUUID()}`;
    issued.push(token);
    valid.add(`Bearer ${token}`);
    return JSON.stringify({ access_token: token, token_type: "Bearer", expires_in: expiresIn });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const asked = { headers: request.headers, body: Buffer.concat(parts).toString() };
    requests.push(asked);
    const told = decide(asked);
    if (told === "hang") return;
    if ("status" in told) {
      response.writeHead(told.status, told.headers).end(told.body ?? "");
      return;
    }
    const body = grant(told.expiresIn ?? EXPIRES_IN);
    setTimeout(() => response.writeHead(200, { "content-type": "application/json" }).end(body), told.delayMs ?? 0);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth/token`,
    requests,
    issued,
    answerWith: (told) => {
      decide = typeof told === "function" ? told : () => told;
    },
    revoke: () => valid.clear(),
    accepts: (authorization) => valid.has(authorization ?? ""),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
