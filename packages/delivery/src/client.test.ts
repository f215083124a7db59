import { getEventListeners } from "node:events";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { AttemptOutcome } from "@posthorn/core";
import { startFullBacklog } from "../../../test/support/full-backlog.ts";
import { isComplete, startRawTarget } from "../../../test/support/raw-target.ts";
import type { RawTarget, Serve } from "../../../test/support/raw-target.ts";
import { selfSigned } from "../../../test/support/self-signed.ts";
import { LOOPBACK_GUARD, NO_TOKENS, openAccess } from "../../../test/support/target-access.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { createDeliver } from "./client.ts";
import type { DeliverRequest } from "./post-batch.ts";

const TIMEOUT_MS = 500;
/** What an attempt may take beyond its time on a busy machine. */
const SLACK_MS = 600;
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

const certificate = selfSigned();
let deliverer: ReturnType<typeof createDeliver>;
let targets: RawTarget[];

beforeEach(() => {
  deliverer = createDeliverer(TIMEOUT_MS);
  targets = [];
});
afterEach(async () => {
  deliverer.close();
  await Promise.all(targets.map((started) => started.close()));
});

function createDeliverer(timeoutMs: number): ReturnType<typeof createDeliver> {
  return createDeliver({
    userAgent: "Posthorn/test",
    timeoutMs,
    tokens: NO_TOKENS,
    guard: LOOPBACK_GUARD,
    responseGraceMs: 200,
    ca: certificate.cert,
  });
}

async function startTarget(serve: Serve, server?: Server): Promise<RawTarget> {
  const started = await startRawTarget(serve, server);
  targets.push(started);
  return started;
}

async function target(serve: Serve): Promise<string> {
  return (await startTarget(serve)).url;
}

async function* bytes(count: number, partBytes = 65_536): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < count; sent += partBytes) yield Buffer.alloc(Math.min(partBytes, count - sent), 0x61);
}

function deliver(url: string, changes: Partial<DeliverRequest> = {}): Promise<AttemptOutcome> {
  const bodyBytes = changes.bodyBytes ?? 13;
  return deliverer.deliver({
    ...openAccess(url),
    batchId: "11111111-1111-4111-8111-111111111111",
    bodyBytes,
    body: () => bytes(bodyBytes),
    ...changes,
  });
}

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

test("a kept connection serves the next attempt, and an answer cut short leaves none", async () => {
  const { url, connections } = await startTarget((socket, received, connection) => {
    if (!isComplete(received)) return;
    const isLast = received.split("POST ").length > 3;
    socket.write(connection === 1 && isLast ? "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\ncut" : OK);
  });
  await deliver(url);
  await deliver(url);
  expect(connections()).toBe(1);
  expect(await deliver(url)).toMatchObject({ status: 200, bodyStart: "cut" });
  expect(await deliver(url)).toMatchObject({ status: 200, bodyStart: "OK" });
  expect(connections()).toBe(2);
});

test("a reset of a kept connection is repeated once on a new one and is no failure", async () => {
  const url = await target((socket, received, connection) => {
    if (connection === 1 && received.split("POST ").length > 2) socket.resetAndDestroy();
    else if (isComplete(received)) socket.write(OK);
  });
  expect(await deliver(url)).toMatchObject({ status: 200 });
  expect(await deliver(url)).toMatchObject({ kind: "answered", status: 200 });
});

test("a kept connection on which a target says more than it was asked is not used again", async () => {
  let isClosed = false;
  const { url, connections } = await startTarget((socket, received) => {
    if (!isComplete(received)) return;
    socket.once("close", () => (isClosed = true));
    socket.write(OK, () => setTimeout(() => socket.write("HTTP/1.1 500 Oops\r\nContent-"), 20));
  });
  expect(await deliver(url)).toMatchObject({ status: 200 });
  await waitFor("the end of the connection", () => isClosed);
  expect(await deliver(url)).toMatchObject({ status: 200 });
  expect(connections()).toBe(2);
});

test("two resets in a row are a failure, and a third connection is not tried", async () => {
  const { url, connections } = await startTarget((socket, received) => {
    const isFirst = connections() === 1 && received.split("POST ").length === 2;
    if (!isFirst) socket.resetAndDestroy();
    else if (isComplete(received)) socket.write(OK);
  });
  expect(await deliver(url)).toMatchObject({ status: 200 });
  expect(await deliver(url)).toMatchObject({ kind: "unreachable", reason: "reset", errorCode: "ECONNRESET" });
  expect(connections()).toBe(2);
});

test("a kept connection that begins an answer and resets is a failure: the target has seen the batch", async () => {
  const { url, connections } = await startTarget((socket, received) => {
    if (!isComplete(received)) return;
    if (received.split("POST ").length === 2) socket.write(OK);
    else socket.write("HTTP/1.1 200 O", () => setTimeout(() => socket.resetAndDestroy(), 50));
  });
  expect(await deliver(url)).toMatchObject({ status: 200 });
  expect(await deliver(url)).toMatchObject({ kind: "unreachable", reason: "reset" });
  expect(connections()).toBe(1);
});

test("a reset in the middle of the upload is unreachable", async () => {
  const url = await target((socket, received) => {
    if (received.length > 300_000) socket.resetAndDestroy();
  });
  expect(await deliver(url, { bodyBytes: 40_000_000 })).toMatchObject({ kind: "unreachable", reason: "reset" });
});

test("credentials in the target's URL are sent as Basic, and not in the path", async () => {
  let seen = "";
  const url = await target((socket, received) => {
    seen = received;
    if (isComplete(received)) socket.write(OK);
  });
  await deliver(url.replace("//", "//us%3Aer:p%40ss@"));
  expect(seen).toMatch(/^POST \/hook\?a=1 HTTP/);
  expect(seen).toContain(`Authorization: Basic ${Buffer.from("us:er:p@ss").toString("base64")}`);
});

test("attempts beyond the connections allowed to a target wait for one", async () => {
  const limited = createDeliver({
    userAgent: "x",
    timeoutMs: TIMEOUT_MS,
    tokens: NO_TOKENS,
    guard: LOOPBACK_GUARD,
    maxSocketsPerTarget: 1,
  });
  const { url, connections } = await startTarget((socket, received) => {
    if (isComplete(received)) socket.write(OK);
  });
  const request = { ...openAccess(url), batchId: "b", bodyBytes: 13, body: () => bytes(13) };
  await Promise.all([limited.deliver(request), limited.deliver(request), limited.deliver(request)]);
  expect(connections()).toBe(1);
  limited.close();
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
  await targets.pop()?.close();
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
    ["only hints", (socket: Socket) => void socket.write("HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n")],
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
    expect(outcome.latencyMs).toBeLessThan(TIMEOUT_MS + SLACK_MS);
  });

  test("a target that does not read makes a stalled upload", async () => {
    const { url } = await startTarget((socket) => socket.pause());
    expect(await deliver(url, { bodyBytes: 40_000_000 })).toMatchObject({ reason: "timeout", stalledUpload: true });
  });

  test("a target that never accepts times out", async () => {
    const { port, stop } = await startFullBacklog();
    const outcome = await deliver(`http://127.0.0.1:${port}/`, { bodyBytes: 40_000_000 });
    await stop();
    expect(outcome).toMatchObject({ reason: "timeout", errorCode: "ETIMEDOUT", stalledUpload: false });
    expect(outcome.latencyMs).toBeGreaterThan(TIMEOUT_MS - 20);
    expect(outcome.latencyMs).toBeLessThan(TIMEOUT_MS + SLACK_MS);
  });

  test("a TLS handshake that never ends is no stalled upload", async () => {
    const { port } = await startTarget(() => undefined);
    const outcome = await deliver(`https://127.0.0.1:${port}/`, { bodyBytes: 40_000_000 });
    expect(outcome).toMatchObject({ reason: "timeout", errorCode: "ETIMEDOUT", stalledUpload: false });
  });

  test("a body that was slow to come and at last waits for the target is no stalled upload", async () => {
    const url = await target((socket) => void socket.pause());
    const body = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.alloc(1_000);
      await new Promise((resolve) => setTimeout(resolve, 0.7 * TIMEOUT_MS));
      yield* bytes(39_999_000);
    };
    expect(await deliver(url, { body, bodyBytes: 40_000_000 })).toMatchObject({
      reason: "timeout",
      stalledUpload: false,
    });
  });

  test("a target that does not read keeps the rest of the body out of memory", async () => {
    let readBytes = 0;
    const body = async function* (): AsyncGenerator<Buffer> {
      for await (const part of bytes(400_000_000)) {
        readBytes += part.length;
        yield part;
      }
    };
    const url = await target((socket) => void socket.pause());
    await deliver(url, { body, bodyBytes: 400_000_000 });
    // What the sockets' buffers on both sides hold, and a little.
    expect(readBytes).toBeLessThan(16_000_000);
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
  expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + SLACK_MS);
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
  const refusal = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
  const endings: readonly (readonly [string, (socket: Socket) => void])[] = [
    ["goes on reading", (socket) => void socket.write(refusal)],
    ["closes and goes on reading", (socket) => void socket.end(refusal)],
    [
      "stops reading",
      (socket) => {
        socket.pause();
        socket.write(refusal);
      },
    ],
    [
      "closes with the rest unread, which resets the connection",
      (socket) => {
        socket.pause();
        socket.write(refusal, () => socket.destroy());
      },
    ],
  ];
  const bodies: readonly (readonly [string, () => AsyncIterable<Buffer>])[] = [
    ["comes as fast as it is taken", () => bytes(40_000_000)],
    ["comes in huge parts", () => bytes(40_000_000, 10_000_000)],
    [
      "comes bit by bit",
      async function* () {
        for await (const part of bytes(40_000_000, 4_096)) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          yield part;
        }
      },
    ],
  ];

  for (const [secure, create] of [
    ["", () => createServer()],
    [" over TLS", () => createTlsServer(certificate)],
  ] as const) {
    for (const [what, serve] of endings) {
      test.each(bodies)(`from a target that ${what}${secure}, when the body %s`, async (_, body) => {
        const answered = new Set<Socket>();
        const { url } = await startTarget((socket) => {
          // Late enough for buffers to fill, so that the reset meets a write.
          if (!answered.has(socket)) setTimeout(() => serve(socket), 20);
          answered.add(socket);
        }, create());
        // 40 MB take their time on a busy machine, which is not what this is about.
        deliverer.close();
        deliverer = createDeliverer(20 * TIMEOUT_MS);
        // More than once, because the reset races with the writes.
        for (let n = 0; n < 5; n++) {
          expect(await deliver(url, { bodyBytes: 40_000_000, body })).toMatchObject({ status: 413 });
        }
      });
    }
  }
});

test("101 is no answer to a batch, and ends the attempt at once", async () => {
  const url = await target((socket) =>
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"),
  );
  expect(await deliver(url)).toMatchObject({
    kind: "unreachable",
    reason: "protocol",
    errorCode: "ESWITCHEDPROTOCOL",
    message: "it answered 101 and switched to another protocol",
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

  test("a store that fails before it gives anything to read", async () => {
    const url = await target(() => undefined);
    const body = (): never => {
      throw new Error("no connection to Redis");
    };
    expect(await deliver(url, { body })).toMatchObject({ kind: "broken", message: "no connection to Redis" });
  });

  test("a process that has stopped, which sends nothing, and nothing is left on its signal by any attempt", async () => {
    const requests: string[] = [];
    const url = await target((socket, received) => {
      if (!isComplete(received)) return;
      requests.push(received);
      socket.write(OK);
    });
    const stopping = new AbortController();
    expect(await deliver(url, { signal: stopping.signal })).toMatchObject({ status: 200 });
    expect(getEventListeners(stopping.signal, "abort")).toHaveLength(0);
    const stopped = new AbortController();
    stopped.abort();
    const body = Buffer.from('[{"msys":{}}]');
    expect((await deliver(url, { signal: stopped.signal })).kind).toBe("broken");
    expect((await deliver(url, { signal: stopped.signal, body, bodyBytes: body.length })).kind).toBe("broken");
    expect(getEventListeners(stopped.signal, "abort")).toHaveLength(0);
    // Anything that those had sent on the kept connection would have come before this.
    expect(await deliver(url, { signal: stopping.signal })).toMatchObject({ status: 200 });
    expect(requests).toHaveLength(2);
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
  const { url } = await startTarget(() => undefined, createTlsServer(selfSigned()));
  expect(await deliver(url)).toMatchObject({
    kind: "unreachable",
    reason: "tls",
    errorCode: "DEPTH_ZERO_SELF_SIGNED_CERT",
  });
});

test("Retry-After is read", async () => {
  const url = await target((socket) =>
    socket.write("HTTP/1.1 429 Slow\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"),
  );
  expect(await deliver(url)).toMatchObject({ status: 429, retryAfterMs: 120_000 });
});

test("a date in Retry-After is compared with the time of the attempt, not with this machine's clock", async () => {
  const url = await target((socket) =>
    socket.write("HTTP/1.1 429 Slow\r\nRetry-After: Sat, 01 Jan 2000 00:02:00 GMT\r\nContent-Length: 0\r\n\r\n"),
  );
  const outcome = await deliver(url, { startedAtMs: Date.UTC(2000, 0, 1) });
  const { retryAfterMs } = outcome as Extract<AttemptOutcome, { kind: "answered" }>;
  expect(retryAfterMs).toBeGreaterThan(110_000);
  expect(retryAfterMs).toBeLessThanOrEqual(120_000);
});
