import { Agent, request as httpRequest } from "node:http";
import { Worker } from "bullmq";
import { Redis } from "ioredis";

/**
 * The worker half: takes jobs side by side, collects what they carry, and POSTs it when a batch is full. A job ends when
 * its event is in the collection, which is fast and loses what is collected when the process dies: to keep the jobs until
 * the POST is answered, as Posthorn keeps its events, would cost more.
 *
 * usage: one-job-per-event-worker.ts <redis url> <target> <events per batch>
 */
const [redisUrl = "", target = "", batchEvents = "10000"] = process.argv.slice(2);
/** More did not make it faster. */
const CONCURRENCY = 200;
const agent = new Agent({ keepAlive: true });
let open: unknown[] = [];

function send(events: readonly unknown[]): void {
  const body = Buffer.from(JSON.stringify(events));
  const sent = httpRequest(target, {
    agent,
    method: "POST",
    headers: { "content-type": "application/json", "content-length": body.length },
  });
  sent.on("response", (response) => response.resume());
  sent.end(body);
}

const worker = new Worker(
  "events",
  async (job) => {
    open.push(job.data);
    if (open.length < Number(batchEvents)) return;
    send(open);
    open = [];
  },
  { connection: new Redis(redisUrl, { maxRetriesPerRequest: null }), concurrency: CONCURRENCY },
);
await worker.waitUntilReady();
process.send?.("ready");
