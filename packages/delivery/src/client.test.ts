import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AttemptOutcome } from "@posthorn/core";
import { createDeliver } from "./client.ts";
import type { DeliverRequest } from "./client.ts";

const TIMEOUT_MS = 500;
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

let deliverer: ReturnType<typeof createDeliver>;
let server: Server | undefined;
const sockets = new Set<Socket>();

beforeEach(() => {
  deliverer = createDeliver({ userAgent: "Posthorn/test", timeoutMs: TIMEOUT_MS, responseGraceMs: 200 });
});
afterEach(async () => {
  deliverer.close();
  for (const socket of sockets) socket.destroy();
  if (server !== undefined) await new Promise((resolve) => server?.close(resolve));
  server = undefined;
});

/** A raw target: `serve` gets each connection, with all that has come so far at each piece of data. */
async function target(serve: (socket: Socket, received: string, connection: number) => void): Promise<string> {
  let connections = 0;
  server = createServer((socket) => {
    const number = ++connections;
    let received = "";
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (part) => {
      received += part.toString("latin1");
      serve(socket, received, number);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?a=1`;
}

async function* bytes(count: number, partBytes = 65_536): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < count; sent += partBytes) yield Buffer.alloc(Math.min(partBytes, count - sent), 0x61);
}

function deliver(url: string, changes: Partial<DeliverRequest> = {}): Promise<AttemptOutcome> {
  const bodyBytes = changes.bodyBytes ?? 13;
  return deliverer.deliver({
    target: url,
    batchId: "11111111-1111-4111-8111-111111111111",
    bodyBytes,
    body: () => bytes(bodyBytes),
    ...changes,
  });
}

const isComplete = (received: string): boolean => {
  const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
  const head = received.indexOf("\r\n\r\n");
  return head >= 0 && received.length >= head + 4 + length;
};

test("a batch is POSTed with its headers and its length, and 2xx is an answer", async () => {
  let seen = "";
  const url = await target((socket, received) => {
    seen = received;
    if (isComplete(received))
      socket.write("HTTP/1.1 201 Created\r\nX-Note: caf\u00e9\r\nContent-Length: 4\r\n\r\ndone");
  });
  const outcome = await deliver(url, { authToken: "t0ken" });
  expect(outcome).toMatchObject({
    kind: "answered",
    status: 201,
    bodyStart: "done",
    headers: { "content-length": "4" },
  });
  expect(seen).toMatch(/^POST \/hook\?a=1 HTTP\/1.1\r\n/);
  for (const header of [
    /^content-type: application\/json\r$/im,
    /^x-messagesystems-batch-id: 11111111-1111-4111-8111-111111111111\r$/im,
    /^x-messagesystems-webhook-token: t0ken\r$/im,
    /^user-agent: Posthorn\/test\r$/im,
    /^content-length: 13\r$/im,
    /^connection: keep-alive\r$/im,
  ]) {
    expect(seen).toMatch(header);
  }
});

test("a kept connection serves the next attempt", async () => {
  const connections = new Set<number>();
  const url = await target((socket, received, connection) => {
    connections.add(connection);
    if (isComplete(received)) socket.write(OK);
  });
  await deliver(url);
  await deliver(url);
  expect(connections.size).toBe(1);
});

test("a reset of a kept connection is repeated once on a new one and is no failure", async () => {
  const url = await target((socket, received, connection) => {
    if (connection === 1 && received.split("POST ").length > 2) socket.resetAndDestroy();
    else if (isComplete(received)) socket.write(OK);
  });
  expect(await deliver(url)).toMatchObject({ status: 200 });
  expect(await deliver(url)).toMatchObject({ kind: "answered", status: 200 });
});

test.each([
  ["resets at once", (socket: Socket) => socket.resetAndDestroy(), "reset"],
  ["closes without an answer", (socket: Socket) => socket.end(), "reset"],
  ["speaks no HTTP", (socket: Socket) => socket.write("220 mail.example ESMTP\r\n\r\n"), "protocol"],
])("a target that %s is unreachable", async (_, serve, reason) => {
  const url = await target((socket) => void serve(socket));
  expect(await deliver(url)).toMatchObject({ kind: "unreachable", reason });
});

test("nobody listening and unknown names are told apart", async () => {
  const url = await target(() => undefined);
  await new Promise((resolve) => server?.close(resolve));
  server = undefined;
  expect(await deliver(url)).toMatchObject({ kind: "unreachable", reason: "connect", errorCode: "ECONNREFUSED" });
  expect(await deliver("http://no-such-host.invalid/")).toMatchObject({ kind: "unreachable", reason: "dns" });
});

test("a redirect is an answer and is not followed", async () => {
  const url = await target((socket) =>
    socket.write("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"),
  );
  expect(await deliver(url)).toMatchObject({ kind: "answered", status: 302, headers: { location: "/other" } });
});

describe("the time of an attempt is its wall clock", () => {
  test.each([
    ["never answers", () => undefined],
    [
      "drips its head",
      (socket: Socket) => {
        const head = Array.from("HTTP/1.1 200 OK\r\nX-Slow: ".padEnd(500, "x"));
        const timer = setInterval(() => socket.write(head.shift() ?? "x"), 20);
        socket.once("close", () => clearInterval(timer));
      },
    ],
    ["only says 100 Continue", (socket: Socket) => void socket.write("HTTP/1.1 100 Continue\r\n\r\n")],
  ])("a target that %s times out", async (_, serve) => {
    const url = await target((socket, received) => {
      if (isComplete(received)) serve(socket);
    });
    const outcome = await deliver(url);
    expect(outcome).toMatchObject({
      kind: "unreachable",
      reason: "timeout",
      errorCode: "ETIMEDOUT",
      stalledUpload: false,
    });
    expect(outcome.latencyMs).toBeGreaterThan(TIMEOUT_MS - 20);
    expect(outcome.latencyMs).toBeLessThan(TIMEOUT_MS + 400);
  });

  test("a target that does not read makes a stalled upload", async () => {
    server = createServer({ pauseOnConnect: true }, (socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await deliver(url, { bodyBytes: 40_000_000 })).toMatchObject({ reason: "timeout", stalledUpload: true });
  });

  test("a slow store of ours is no stalled upload", async () => {
    const url = await target(() => undefined);
    const body = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.alloc(5);
      await new Promise((resolve) => setTimeout(resolve, 2 * TIMEOUT_MS));
      yield Buffer.alloc(8);
    };
    expect(await deliver(url, { body })).toMatchObject({ reason: "timeout", stalledUpload: false });
  });
});

test("a body that drips after the status is a success, read for a bounded time", async () => {
  const url = await target((socket, received) => {
    if (!isComplete(received)) return;
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfirst");
    const timer = setInterval(() => socket.write("x"), 20);
    socket.once("close", () => clearInterval(timer));
  });
  const startedAt = performance.now();
  const outcome = await deliver(url);
  expect(outcome).toMatchObject({ kind: "answered", status: 200, bodyStart: expect.stringMatching(/^first/) });
  expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + 200);
});

test("of an endless answer the first KiB is kept and the rest is not read", async () => {
  const url = await target((socket, received) => {
    if (!isComplete(received)) return;
    socket.write("HTTP/1.1 500 Oops\r\n\r\n");
    const more = (): void => {
      while (!socket.destroyed && socket.write("y".repeat(16_384)));
    };
    socket.on("drain", more);
    more();
  });
  const outcome = await deliver(url);
  expect(outcome).toMatchObject({ kind: "answered", status: 500, bodyStart: "y".repeat(1024) });
});

describe("an answer that comes before the upload ends is the answer", () => {
  test.each([
    [
      "and closes",
      (socket: Socket) => void socket.end("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    ],
    [
      "and stops reading",
      (socket: Socket) => {
        socket.pause();
        socket.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
      },
    ],
  ])("a target that answers 413 early %s", async (_, serve) => {
    let isAnswered = false;
    const url = await target((socket) => {
      if (!isAnswered) serve(socket);
      isAnswered = true;
    });
    expect(await deliver(url, { bodyBytes: 40_000_000 })).toMatchObject({ kind: "answered", status: 413 });
  });
});

describe("what fails on our side says nothing of the target", () => {
  test.each([
    [
      "a store that fails",
      async function* (): AsyncGenerator<Buffer> {
        yield Buffer.alloc(5);
        throw new Error("Redis went away");
      },
    ],
    [
      "a body that is too short",
      async function* (): AsyncGenerator<Buffer> {
        yield Buffer.alloc(5);
      },
    ],
    [
      "a body that is too long",
      async function* (): AsyncGenerator<Buffer> {
        yield Buffer.alloc(50);
      },
    ],
  ])("%s", async (_, body) => {
    const url = await target((socket, received) => {
      if (isComplete(received)) socket.write(OK);
    });
    expect((await deliver(url, { body })).kind).toBe("broken");
  });

  test("a process that stops", async () => {
    const url = await target(() => undefined);
    const stopping = new AbortController();
    const outcome = deliver(url, { signal: stopping.signal });
    setTimeout(() => stopping.abort(), 50);
    expect((await outcome).kind).toBe("broken");
  });
});

test("a certificate that nobody vouches for is refused as TLS", async () => {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-tls-"));
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name)) as [string, string];
  const subject = ["-subj", "/CN=localhost", "-days", "1", "-nodes", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", ...subject], { stdio: "ignore" });
  const secure = createHttpsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
    response.end(),
  );
  await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
  const outcome = await deliver(`https://localhost:${(secure.address() as AddressInfo).port}/`);
  secure.closeAllConnections();
  secure.close();
  rmSync(folder, { recursive: true });
  expect(outcome).toMatchObject({ kind: "unreachable", reason: "tls", errorCode: "DEPTH_ZERO_SELF_SIGNED_CERT" });
});

test("Retry-After is read", async () => {
  const url = await target((socket) =>
    socket.write("HTTP/1.1 429 Slow\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"),
  );
  expect(await deliver(url)).toMatchObject({ status: 429, retryAfterMs: 120_000 });
});
