import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Readable } from "node:stream";
import axios, { AxiosHeaders, CanceledError } from "axios";
import type { AxiosResponse } from "axios";
import type { Agents } from "./agents.ts";

/** What one POST on one connection came to. */
export type PostResult =
  | { readonly kind: "response"; readonly request: ClientRequest; readonly response: IncomingMessage }
  | PostError;

export interface PostError {
  readonly kind: "error";
  readonly error: unknown;
  /** Absent when there was no connection to be had at all. */
  readonly request: ClientRequest | undefined;
}

interface PostRequest {
  /** Without credentials. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable | Buffer;
  readonly signal: AbortSignal;
  readonly agents: Agents;
}

export type Post = (request: PostRequest) => Promise<PostResult>;

/** As axios fills it in for every request; what does not change from one to the next. */
const SETTINGS = {
  method: "post",
  proxy: false,
  maxRedirects: 0,
  decompress: false,
  // -1, not Infinity: any number from 0 makes axios pass the bodies through streams of its own.
  maxBodyLength: -1,
  maxContentLength: -1,
  responseType: "stream",
  validateStatus: null,
} as const;

/**
 * Sends the head and the body and waits for the head of the answer. Never throws.
 *
 * It is axios' adapter that is asked, and not a client of axios, which would merge settings, run interceptors and transform
 * bodies and headers: to no effect here, but at a price that a small batch feels.
 */
export function createPost(): Post {
  const send = axios.getAdapter("http");

  return async ({ url, headers, body, signal, agents }) => {
    // The adapter would answer so too, and send the request in spite of that.
    if (signal.aborted) return { kind: "error", error: new CanceledError(), request: undefined };
    try {
      const { data, request } = (await send({
        ...SETTINGS,
        url,
        data: body,
        headers: new AxiosHeaders(),
        signal,
        httpAgent: agents.http,
        httpsAgent: agents.https,
        transport: withExactHeaders(headers),
      })) as AxiosResponse<IncomingMessage>;
      return { kind: "response", request: request as ClientRequest, response: data };
    } catch (error) {
      const request = axios.isAxiosError(error) ? (error.request as ClientRequest | undefined) : undefined;
      return { kind: "error", error, request };
    }
  };
}

/**
 * Hands the headers to the platform as they are. axios adds some of its own, and loses or respells those that are named
 * like a member of its objects, such as `constructor` or `get`.
 */
function withExactHeaders(headers: Readonly<Record<string, string>>) {
  return {
    request: (options: RequestOptions, respond: (response: IncomingMessage) => void): ClientRequest => {
      const send = options.protocol === "https:" ? httpsRequest : httpRequest;
      const request = send({ ...options, headers: { ...headers } }, respond);
      failOnSwitch(request);
      return request;
    },
  };
}

/** The platform would say nothing of a 101 but that the request is over, and the attempt would last to its time's end. */
function failOnSwitch(request: ClientRequest): void {
  request.once("upgrade", (_response, socket) => {
    socket.on("error", () => undefined);
    socket.destroy();
    const error = new Error("it answered 101 and switched to another protocol");
    request.emit("error", Object.assign(error, { code: "ESWITCHEDPROTOCOL" }));
  });
}
