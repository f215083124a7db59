import { Agent, request as httpRequest } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { createEventSource } from "@posthorn/cli";
import { API_KEY } from "./posthorn.ts";

/** The bodies of a measurement, made before the clock starts. */
export interface Load {
  readonly bodies: readonly Buffer[];
  readonly events: number;
  /** Of the events' texts alone. */
  readonly textBytes: number;
}

interface LoadOptions {
  readonly events: number;
  readonly eventsPerRequest: number;
  /** Numbers the events by their request, so that a target can tell which came: `"request":<n>` inside the class. */
  readonly firstMark?: number;
}

export function prepareLoad({ events, eventsPerRequest, firstMark }: LoadOptions): Load {
  const source = createEventSource(7);
  const bodies: Buffer[] = [];
  let textBytes = 0;
  for (let sent = 0; sent < events; sent += eventsPerRequest) {
    const own = Array.from({ length: Math.min(eventsPerRequest, events - sent) }, () => source.next());
    const mark = firstMark === undefined ? undefined : firstMark + bodies.length;
    const texts = mark === undefined ? own : own.map((text) => marked(text, mark));
    textBytes += texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    bodies.push(Buffer.from(`[${texts.join(",")}]`));
  }
  return { bodies, events, textBytes };
}

export function marked(text: string, request: number): string {
  return text.replace(/^\{"msys":\{"\w+":\{/, (head) => `${head}"request":${request},`);
}

/** What arrives at a target in full batches: the events' texts, a comma or bracket each, and a bracket a batch. */
export function deliveredBytes({ textBytes, events }: Load, batchEvents: number): number {
  return textBytes + events + Math.ceil(events / batchEvents);
}

/** Posts bodies of events over a few kept connections to API processes in turn; fails unless answered with 200. */
export interface Sender {
  post(body: Buffer): Promise<void>;
  close(): void;
}

export const CONNECTIONS = 8;

export function createSender(urls: readonly string[]): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let next = 0;
  return {
    post: (body) =>
      new Promise((resolve, reject) => {
        const sent = httpRequest(`${urls[next++ % urls.length]}/api/v1/events`, {
          agent,
          method: "POST",
          headers: { authorization: API_KEY, "content-type": "application/json", "content-length": body.length },
        });
        sent.once("error", reject);
        sent.once("response", (response) => {
          response.resume();
          response.once("end", () =>
            response.statusCode === 200 ? resolve() : reject(new Error(`answered with ${response.statusCode}`)),
          );
        });
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** Sends all bodies as fast as they are taken. */
export async function sendLoad({ bodies }: Pick<Load, "bodies">, urls: readonly string[]): Promise<void> {
  const sender = createSender(urls);
  let next = 0;
  const send = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) await sender.post(body);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, send));
  sender.close();
}

/** Sends all bodies at an even rate, whatever the answers take. */
export async function sendEvenly(
  { bodies }: Pick<Load, "bodies">,
  urls: readonly string[],
  requestsPerSecond: number,
): Promise<void> {
  const sender = createSender(urls);
  const posts: Promise<void>[] = [];
  const startedAt = performance.now();
  for (const [index, body] of bodies.entries()) {
    posts.push(sender.post(body));
    const dueMs = startedAt + ((index + 1) * 1_000) / requestsPerSecond;
    if (dueMs > performance.now()) await delay(dueMs - performance.now());
  }
  await Promise.all(posts);
  sender.close();
}
