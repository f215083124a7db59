import { request as httpRequest } from "node:http";
import type { IncomingHttpHeaders } from "node:http";

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** POSTs bytes as they are on a connection of their own; without a `content-length` among the headers in chunks. */
export async function postRaw(url: string, body: Buffer, headers: Record<string, string | number>): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { agent: false, method: "POST", headers });
    sent.once("error", reject);
    sent.once("response", (response) => {
      response.resume();
      response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    });
    sent.flushHeaders();
    sent.end(body);
  });
}
