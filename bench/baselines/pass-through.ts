import { createServer, request as httpRequest, Agent } from "node:http";

/**
 * The simplest thing that could do the job: one process that accepts the same requests, parses them and POSTs the same
 * batches, with no store. A crash loses everything; it is the measure of what the machine could do at best.
 *
 * usage: pass-through.ts <port> <target> <events per batch>
 */
const [port = "0", target = "", batchEvents = "10000"] = process.argv.slice(2);
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

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const events = JSON.parse(Buffer.concat(parts).toString("utf8")) as unknown[];
    open.push(...events);
    while (open.length >= Number(batchEvents)) {
      send(open.slice(0, Number(batchEvents)));
      open = open.slice(Number(batchEvents));
    }
    response.end(`{"results":{"accepted":${events.length}}}`);
  });
});
server.listen(Number(port), "127.0.0.1", () => process.send?.("ready"));
