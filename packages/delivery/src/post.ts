import type { ClientRequest, IncomingMessage } from "node:http";
import axios from "axios";
import type { Agents } from "./agents.ts";
import type { DeliverRequest } from "./client.ts";
import type { Upload } from "./upload.ts";

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

export type Post = (
  request: DeliverRequest,
  upload: Upload,
  signal: AbortSignal,
  agents: Agents,
) => Promise<PostResult>;

/** Sends the head and the body and waits for the head of the answer. Never throws. */
export function createPost(userAgent: string): Post {
  const client = axios.create({
    adapter: "http",
    method: "POST",
    proxy: false,
    maxRedirects: 0,
    decompress: false,
    // -1, not Infinity: any number from 0 makes axios pass the bodies through streams of its own.
    maxBodyLength: -1,
    maxContentLength: -1,
    responseType: "stream",
    validateStatus: () => true,
  });

  return async ({ target, batchId, authToken, bodyBytes }, upload, signal, { http, https }) => {
    try {
      const { data, request } = await client.request<IncomingMessage>({
        url: target,
        data: upload.stream,
        signal,
        httpAgent: http,
        httpsAgent: https,
        headers: {
          "Content-Type": "application/json",
          "Content-Length": String(bodyBytes),
          "X-MessageSystems-Batch-ID": batchId,
          ...(authToken === undefined ? {} : { "X-MessageSystems-Webhook-Token": authToken }),
          "User-Agent": userAgent,
          Accept: "*/*",
          "Accept-Encoding": "identity",
        },
      });
      return { kind: "response", request: request as ClientRequest, response: data };
    } catch (error) {
      const request = axios.isAxiosError(error) ? (error.request as ClientRequest | undefined) : undefined;
      return { kind: "error", error, request };
    }
  };
}
