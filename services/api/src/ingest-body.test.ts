import { Agent, createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { DomainError } from "@posthorn/core";
import { waitFor } from "../../../test/support/wait-for.ts";
import { discardBody } from "./discard-body.ts";
import { createInflightBytes } from "./inflight-bytes.ts";
import type { InflightBytes } from "./inflight-bytes.ts";
import { readIngestBody } from "./ingest-body.ts";

const MAX_BYTES = 1_000_000;
const INFLIGHT_BYTES = 3_000_000;
const PACE = { graceMs: 1_000, bytesPerSecond: 50_000 };

let server: Server;
let agent: Agent;
let inflight: InflightBytes;
let mostBytes: number;
let outcomes: string[];
let connections: number;

beforeEach(async () => {
  inflight = createInflightBytes(INFLIGHT_BYTES);
  [mostBytes, connections, outcomes] = [0, 0, []];
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
  server = createServer((request, response) => {
    void reply(request, response);
  });
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  agent.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Answers with the body as it was read, or with the refusal's code. */
async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const share = inflight.open();
  const reach = (bytes: number): void => {
    share.reach(bytes);
    mostBytes = Math.max(mostBytes, bytes);
  };
  try {
    const body = await readIngestBody(request, MAX_BYTES, { ...share, reach }, PACE);
    outcomes.push("read");
    response.end(body);
  } catch (error) {
    const code = error instanceof DomainError ? error.code : String(error);
    outcomes.push(code);
    await discardBody(request);
    if (!request.complete) response.setHeader("connection", "close");
    response.writeHead(400).end(code);
  } finally {
    share.release();
  }
}

const port = (): number => (server.address() as AddressInfo).port;

/** Sends the parts one after the other, reads the answer only when all is sent, on a connection that is kept. */
async function send(parts: readonly Buffer[], headers: Record<string, string | number> = {}): Promise<Buffer> {
  const client = httpRequest({ port: port(), method: "POST", agent, headers });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    client.once("response", resolve);
    client.once("error", reject);
  });
  for (const part of parts) await new Promise<void>((resolve) => client.write(part, () => resolve()));
  client.end();
  const answer: Buffer[] = [];
  for await (const part of await answered) answer.push(part as Buffer);
  return Buffer.concat(answer);
}

function cut(body: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (body.length + 1)).toSorted((a, b) => a - b), body.length];
  return sorted.slice(1).map((to, index) => body.subarray(sorted[index], to));
}

/** A request that never ends. */
async function begin(head: string, body: Buffer): Promise<Socket> {
  const socket = connect(port(), "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n`);
  await new Promise((resolve) => socket.write(body, resolve));
  return socket;
}

/** Whether another request could hold `bytes` now. */
function hasRoomFor(bytes: number): boolean {
  const first = inflight.open();
  const second = inflight.open();
  try {
    first.reach(1);
    second.reach(bytes - 1);
    return true;
  } catch {
    return false;
  } finally {
    first.release();
    second.release();
  }
}

test("however a body is cut, compressed and declared, its bytes are read unchanged", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200_000, size: "max" }),
      fc.array(fc.nat(), { maxLength: 5 }),
      fc.boolean(),
      fc.boolean(),
      async (bytes, places, isGzip, isDeclared) => {
        const plain = Buffer.from(bytes);
        const sent = isGzip ? gzipSync(plain) : plain;
        const answer = await send(cut(sent, places), {
          ...(isGzip ? { "content-encoding": "gzip" } : {}),
          ...(isDeclared ? { "content-length": sent.length } : { "transfer-encoding": "chunked" }),
        });
        expect(answer.equals(plain)).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
  expect(hasRoomFor(INFLIGHT_BYTES)).toBe(true);
});

test.each([
  ["too large, of declared length", Buffer.alloc(MAX_BYTES + 1), true, "TOO_LARGE"],
  ["too large, of unknown length", Buffer.alloc(5 * MAX_BYTES), false, "TOO_LARGE"],
])("a body that is %s is refused, and the sender hears of it on a connection that lives on", async (...row) => {
  const [, body, isDeclared, code] = row;
  const headers = isDeclared ? { "content-length": body.length } : { "transfer-encoding": "chunked" };
  for (let n = 0; n < 3; n++) expect(String(await send([body], headers))).toBe(code);
  expect(String(await send([Buffer.from("[]")]))).toBe("[]");
  expect(connections).toBe(1);
  expect(hasRoomFor(INFLIGHT_BYTES)).toBe(true);
});

test("nothing of a gzip bomb is held", async () => {
  const bomb = gzipSync(Buffer.alloc(300_000_000));
  expect(bomb.length).toBeLessThan(MAX_BYTES);
  const headers = { "content-encoding": "gzip", "content-length": bomb.length };
  expect(String(await send([bomb], headers))).toBe("TOO_LARGE");
  expect(mostBytes).toBeLessThanOrEqual(bomb.length);
  expect(String(await send([Buffer.from("[]")]))).toBe("[]");
  expect(connections).toBe(1);
});

test.each([
  ["cut", gzipSync("[1,2,3]").subarray(0, -4)],
  ["damaged", Buffer.concat([gzipSync("[1,2,3]").subarray(0, 12), Buffer.from("nonsense")])],
  ["no gzip", Buffer.from("[1,2,3]")],
  ["empty", Buffer.alloc(0)],
])("gzip that is %s is refused as a caller's mistake", async (_, body) => {
  const answer = String(await send([body], { "content-encoding": "gzip", "content-length": body.length }));
  expect(answer).toBe("INVALID");
  expect(hasRoomFor(INFLIGHT_BYTES)).toBe(true);
});

test("a compressed body is held once, whatever size it tells", async () => {
  const plain = Buffer.alloc(500_000, "x");
  const [sent, small] = [gzipSync(plain), gzipSync("[]")];
  expect((await send([sent], { "content-encoding": "gzip", "content-length": sent.length })).length).toBe(plain.length);
  expect(mostBytes).toBe(sent.length + plain.length);
  // The last member's size is not the body's.
  const both = Buffer.concat([sent, small]);
  mostBytes = 0;
  const answer = await send([both], { "content-encoding": "gzip", "content-length": both.length });
  expect(answer.length).toBe(plain.length + 2);
  expect(mostBytes).toBe(both.length + answer.length);
});

test("two gzip members, one behind the other, are one body", async () => {
  const body = Buffer.concat([gzipSync("[1,"), gzipSync("2]")]);
  expect(String(await send([body], { "content-encoding": "gzip" }))).toBe("[1,2]");
});

test("a declared length is taken into account before the body comes", async () => {
  const sockets = [];
  for (let n = 0; n < 3; n++) {
    sockets.push(await begin("Content-Length: 900000", Buffer.from("[")));
    await waitFor("the reservation", () => !hasRoomFor(INFLIGHT_BYTES - 900_000 * (n + 1) + 1));
  }
  expect(String(await send([Buffer.alloc(400_000)], { "content-length": 400_000 }))).toBe("UNAVAILABLE");
  expect((await send([Buffer.alloc(200_000)], { "content-length": 200_000 })).length).toBe(200_000);
  for (const socket of sockets) socket.destroy();
  await waitFor("everything being given back", () => hasRoomFor(INFLIGHT_BYTES));
});

test.each([
  ["plain", "Content-Length: 900000", Buffer.alloc(300_000)],
  ["chunked", "Transfer-Encoding: chunked", Buffer.from(`20000\r\n${" ".repeat(0x20000)}\r\n`)],
  ["compressed", "Content-Encoding: gzip\r\nContent-Length: 900000", gzipSync(Buffer.alloc(900_000)).subarray(0, 500)],
])("a sender that goes away in the middle of a %s body leaves nothing behind", async (_, head, part) => {
  const sockets = await Promise.all(Array.from({ length: 3 }, () => begin(head, part)));
  await waitFor("the bodies being read", () => !hasRoomFor(INFLIGHT_BYTES));
  for (const socket of sockets) socket.destroy();
  await waitFor("everything being given back", () => hasRoomFor(INFLIGHT_BYTES));
  await waitFor("the requests being over", () => outcomes.length === 3);
  expect(outcomes).toEqual(["INVALID", "INVALID", "INVALID"]);
});

test.each([
  ["declared", "Content-Length: 900000"],
  ["not declared", "Transfer-Encoding: chunked"],
])("a body that comes too slowly, its length %s, gives its share back and is answered", async (_, head) => {
  const socket = await begin(head, Buffer.from(head.startsWith("T") ? "5\r\n[1234\r\n" : "[1234"));
  let answer = "";
  socket.on("data", (part: Buffer) => (answer += part.toString()));
  const dripping = setInterval(() => socket.write(head.startsWith("T") ? "1\r\n5\r\n" : "5"), 50);
  try {
    await waitFor("the refusal", () => outcomes.length === 1, 5_000);
  } finally {
    clearInterval(dripping);
  }
  expect(outcomes).toEqual(["TOO_SLOW"]);
  await waitFor("the answer", () => answer.includes("TOO_SLOW"), 5_000);
  expect(hasRoomFor(INFLIGHT_BYTES)).toBe(true);
});

test("a body may take its time, as long as it comes at the pace", async () => {
  const parts = Array.from({ length: 8 }, () => Buffer.alloc(20_000, "x"));
  const client = httpRequest({ port: port(), method: "POST", agent, headers: { "content-length": 160_000 } });
  const answered = new Promise<IncomingMessage>((resolve) => client.once("response", resolve));
  for (const part of parts) {
    client.write(part);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  client.end();
  expect((await answered).statusCode).toBe(200);
  expect(outcomes).toEqual(["read"]);
});
