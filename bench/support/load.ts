import { Agent, request as httpRequest } from "node:http";
import { createEventSource } from "@posthorn/cli";

/** The bodies of a measurement, made before the clock starts. */
export interface Load {
  readonly bodies: readonly Buffer[];
  readonly events: number;
  /** What arrives at the target in full batches: the events' texts, a comma or bracket each, and a bracket a batch. */
  deliveredBytes(batchEvents: number): number;
}

export function prepareLoad(events: number, eventsPerRequest: number): Load {
  const source = createEventSource(7);
  const bodies: Buffer[] = [];
  let textBytes = 0;
  for (let sent = 0; sent < events; sent += eventsPerRequest) {
    const texts = Array.from({ length: Math.min(eventsPerRequest, events - sent) }, () => source.next());
    textBytes += texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    bodies.push(Buffer.from(`[${texts.join(",")}]`));
  }
  return {
    bodies,
    events,
    deliveredBytes: (batchEvents) => textBytes + events + Math.ceil(events / batchEvents),
  };
}

/** Sends all bodies over a few kept connections; fails unless each is answered with 200. */
export async function sendLoad(load: Load, url: string, apiKey: string, connections = 8): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let next = 0;
  const sender = async (): Promise<void> => {
    for (let body = load.bodies[next++]; body !== undefined; body = load.bodies[next++]) await post(body);
  };
  const post = (body: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = httpRequest(`${url}/api/v1/events`, {
        agent,
        method: "POST",
        headers: { authorization: apiKey, "content-type": "application/json", "content-length": body.length },
      });
      sent.once("error", reject);
      sent.once("response", (response) => {
        response.resume();
        response.once("end", () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`answered with ${response.statusCode}`)),
        );
      });
      sent.end(body);
    });
  await Promise.all(Array.from({ length: connections }, sender));
  agent.destroy();
}
