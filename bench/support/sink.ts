import { createServer } from "node:http";

/** What the target of a measurement tells its parent, at most every few ms: what has come since it last did. */
export interface SinkMessage {
  readonly batches: number;
  readonly bytes: number;
  /** Attempts that get no answer. */
  readonly hanging: number;
  /** By the clock of `epochMs`. */
  readonly marks: readonly Mark[];
}

/** One batch, where events are marked with `"request":<n>`. */
export interface Mark {
  readonly path: string;
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  readonly atMs: number;
}

/** What it is told: with which status it answers from now on, or that it does not. */
export interface SinkOrder {
  readonly status: number | "none";
}

/**
 * The target of a measurement: takes bodies as fast as it can and counts them.
 *
 * usage: sink.ts <port> [marks]
 */
const [port = "0", mode] = process.argv.slice(2);
const TELL_EVERY_MS = 5;
let status: SinkOrder["status"] = 200;
let batches = 0;
let bytes = 0;
let hanging = 0;
let marks: Mark[] = [];
let telling: NodeJS.Timeout | undefined;

function tell(): void {
  telling = undefined;
  process.send?.({ batches, bytes, hanging, marks } satisfies SinkMessage);
  [batches, bytes, hanging, marks] = [0, 0, 0, []];
}

function mark(path: string, parts: readonly Buffer[]): void {
  const atMs = performance.timeOrigin + performance.now();
  const [head, tail] = [parts[0], Buffer.concat(parts.slice(-2))].map((part) => part?.toString("latin1") ?? "");
  const first = Number(/"request":(\d+)/.exec(head ?? "")?.[1] ?? -1);
  const last = Number([...(tail ?? "").matchAll(/"request":(\d+)/g)].at(-1)?.[1] ?? -1);
  marks.push({ path, first, last, bytes: parts.reduce((sum, part) => sum + part.length, 0), atMs });
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  let received = 0;
  request.on("data", (part: Buffer) => {
    received += part.length;
    if (mode === "marks") parts.push(part);
  });
  request.on("end", () => {
    if (status === "none") hanging += 1;
    else response.writeHead(status).end();
    if (status === 200) {
      batches += 1;
      bytes += received;
      if (mode === "marks") mark(request.url ?? "", parts);
    }
    telling ??= setTimeout(tell, TELL_EVERY_MS);
  });
});
process.on("message", (order: SinkOrder) => {
  status = order.status;
});
server.listen(Number(port), "127.0.0.1", () => process.send?.("ready"));
