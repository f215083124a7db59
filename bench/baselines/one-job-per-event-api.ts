import { createServer } from "node:http";
import { Queue } from "bullmq";
import { Redis } from "ioredis";

/**
 * The API half of the pipeline that most people would write with BullMQ: a job for each event, added in bulk, and the
 * answer once Redis has them. `one-job-per-event-worker.ts` is the other half.
 *
 * usage: one-job-per-event-api.ts <port> <redis url>
 */
const [port = "0", redisUrl = ""] = process.argv.slice(2);
const queue = new Queue("events", {
  connection: new Redis(redisUrl, { maxRetriesPerRequest: null }),
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  streams: { events: { maxLen: 100 } },
});
await queue.waitUntilReady();

async function take(body: Buffer): Promise<number> {
  const events = JSON.parse(body.toString("utf8")) as unknown[];
  await queue.addBulk(events.map((event) => ({ name: "event", data: event })));
  return events.length;
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    take(Buffer.concat(parts)).then(
      (accepted) => response.end(`{"results":{"accepted":${accepted}}}`),
      (error: unknown) => {
        response.statusCode = 503;
        response.end(String(error));
      },
    );
  });
});
server.listen(Number(port), "127.0.0.1", () => process.send?.("ready"));
