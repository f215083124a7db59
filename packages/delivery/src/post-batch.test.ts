import { createHmac, randomBytes } from "node:crypto";
import type { Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { generateSigningSecret } from "@posthorn/core";
import type { AttemptOutcome } from "@posthorn/core";
import { Webhook } from "standardwebhooks";
import { isComplete, startRawTarget } from "../../../test/support/raw-target.ts";
import type { RawTarget, Serve } from "../../../test/support/raw-target.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { selfSigned } from "../../../test/support/self-signed.ts";
import { LOOPBACK_GUARD, NO_TOKENS, openAccess } from "../../../test/support/target-access.ts";
import { createDeliver } from "./client.ts";
import type { DeliverRequest } from "./post-batch.ts";

const TIMEOUT_MS = 1_000;
const BODY = Buffer.from('[{"msys":{"message_event":{"type":"delivery","subject":"é"}}}]');
const BATCH_ID = "11111111-1111-4111-8111-111111111111";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

let receiver: Receiver;
let targets: RawTarget[];
let deliverer: ReturnType<typeof createDeliver>;
beforeEach(async () => {
  receiver = await startReceiver();
  targets = [];
  deliverer = startDeliverer(TIMEOUT_MS);
});
afterEach(async () => {
  deliverer.close();
  await receiver.close();
  await Promise.all(targets.map((target) => target.close()));
});

function startDeliverer(timeoutMs: number): ReturnType<typeof createDeliver> {
  return createDeliver({ userAgent: "Posthorn/test", timeoutMs, tokens: NO_TOKENS, guard: LOOPBACK_GUARD });
}

async function startTarget(serve: Serve, server?: Server): Promise<RawTarget> {
  const target = await startRawTarget(serve, server);
  targets.push(target);
  return target;
}

async function* inParts(body: Buffer, partBytes = 7): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += partBytes) yield body.subarray(at, at + partBytes);
}

const secret = (): string => generateSigningSecret(randomBytes);

function deliver(changes: Partial<DeliverRequest>): Promise<AttemptOutcome> {
  return deliverer.deliver({
    ...openAccess(receiver.url),
    batchId: BATCH_ID,
    bodyBytes: BODY.length,
    body: () => inParts(BODY),
    ...changes,
  });
}

test("custom headers arrive byte for byte, whatever they are named", async () => {
  let seen = "";
  const target = await startTarget((socket, received) => {
    seen = received;
    if (isComplete(received)) socket.write(OK);
  });
  const customHeaders = {
    "x-API_key.1": 'a\tb  c "d"',
    get: "1",
    constructor: "2",
    toString: "3",
    common: "4",
    "X-Long": "x".repeat(2_000),
  };
  expect(await deliver({ target: target.url, customHeaders })).toMatchObject({ status: 200 });
  const lines = seen.slice(0, seen.indexOf("\r\n\r\n")).split("\r\n");
  for (const [name, value] of Object.entries(customHeaders)) expect(lines).toContain(`${name}: ${value}`);
  expect(lines.slice(1).map((line) => line.split(":")[0]?.toLowerCase())).toEqual(
    expect.arrayContaining(["host", "connection", "content-type", "content-length", "user-agent"]),
  );
  expect(lines).toHaveLength(1 + 8 + Object.keys(customHeaders).length);
});

test("Basic and the token go out together", async () => {
  await deliver({ authToken: "t0ken", auth: { kind: "basic", username: "ada", password: "pä:ss" } });
  expect(receiver.batches[0]?.headers).toMatchObject({
    authorization: `Basic ${Buffer.from("ada:pä:ss").toString("base64")}`,
    "x-messagesystems-webhook-token": "t0ken",
  });
});

test("of an answer's body a KiB is kept, or as much as was asked for", async () => {
  receiver.answerWith(() => ({ status: 200, body: "y".repeat(70_000) }));
  expect(await deliver({})).toMatchObject({ bodyStart: "y".repeat(1_024) });
  expect(await deliver({ keepBytes: 65_536 })).toMatchObject({ bodyStart: "y".repeat(65_536) });
});

describe("a signed batch", () => {
  test("is accepted by the published package, with either secret while two overlap", async () => {
    const secrets = [secret(), secret()];
    expect(await deliver({ signingSecrets: secrets })).toMatchObject({ status: 200 });
    const headers = (receiver.batches[0]?.headers ?? {}) as Record<string, string>;
    const body = receiver.batches[0]?.body ?? "";
    expect(headers["webhook-id"]).toBe(BATCH_ID);
    for (const known of secrets) {
      expect(new Webhook(known).verify(body, headers)).toEqual(JSON.parse(BODY.toString()));
    }
    expect(() => new Webhook(secret()).verify(body, headers)).toThrow("No matching signature");
  });

  test("tells when the attempt began by the clock that it is given", async () => {
    await deliver({ signingSecrets: [secret()], startedAtMs: 1_700_000_000_999 });
    expect(receiver.batches[0]?.headers["webhook-timestamp"]).toBe("1700000000");
  });

  test("of 10 MB is read twice, part by part, and an unsigned one once", async () => {
    const text = Buffer.from(`["${"x".repeat(10_000_000)}"]`);
    let reads = 0;
    const request = {
      bodyBytes: text.length,
      body: () => {
        reads++;
        return inParts(text, 256 * 1024);
      },
    };
    const key = secret();
    const patient = createDeliver({ userAgent: "x", timeoutMs: 10_000, tokens: NO_TOKENS, guard: LOOPBACK_GUARD });
    const access = { ...openAccess(receiver.url), batchId: BATCH_ID };
    const signed = { ...request, ...access, signingSecrets: [key], startedAtMs: 1_700_000_000_000 };
    expect(await patient.deliver(signed)).toMatchObject({ status: 200 });
    expect(reads).toBe(2);
    const hmac = createHmac("sha256", Buffer.from(key.slice("whsec_".length), "base64"));
    const signature = hmac.update(`${BATCH_ID}.1700000000.`).update(text).digest("base64");
    expect(receiver.batches[0]?.headers["webhook-signature"]).toBe(`v1,${signature}`);
    expect(receiver.batches[0]?.body.equals(text)).toBe(true);
    expect(await patient.deliver({ ...request, ...access })).toMatchObject({ status: 200 });
    expect(reads).toBe(3);
    patient.close();
  });

  test("is held back from a target that does not read, after it was signed", async () => {
    let readBytes = 0;
    const body = async function* (): AsyncGenerator<Buffer> {
      for (let n = 0; n < 600; n++) {
        readBytes += 65_536;
        yield Buffer.alloc(65_536);
      }
    };
    const target = await startTarget((socket) => void socket.pause());
    const bodyBytes = 600 * 65_536;
    // Signing so much takes a while on a busy machine, and most of the time is to be left for the target.
    const patient = startDeliverer(5 * TIMEOUT_MS);
    const signed = { ...openAccess(target.url), signingSecrets: [secret()] };
    const outcome = await patient.deliver({ ...signed, batchId: BATCH_ID, body, bodyBytes });
    patient.close();
    expect(outcome).toMatchObject({ kind: "unreachable", reason: "timeout", stalledUpload: true });
    expect(readBytes - bodyBytes).toBeLessThan(16_000_000);
  });

  describe.each([
    ["first", 1],
    ["second", 2],
  ])("whose %s reading goes wrong says nothing of the target", (_, failing) => {
    const failAt = (bad: () => AsyncIterable<Buffer>): DeliverRequest["body"] => {
      let reads = 0;
      return () => (++reads === failing ? bad() : inParts(BODY));
    };

    test.each([
      [
        "because the store fails",
        "Redis went away",
        async function* (): AsyncGenerator<Buffer> {
          yield BODY.subarray(0, 5);
          throw new Error("Redis went away");
        },
      ],
      ["because it has become shorter", "the stored body has", () => inParts(BODY.subarray(1))],
      ["because it has become longer", "the stored body has", () => inParts(Buffer.concat([BODY, BODY]))],
    ])("%s", async (__, message, bad) => {
      const outcome = await deliver({ body: failAt(bad), signingSecrets: [secret()] });
      expect(outcome).toMatchObject({ kind: "broken", message: expect.stringContaining(message) });
      expect(receiver.batches).toEqual([]);
    });
  });

  test("whose store hangs ends in time, and the target is not called", async () => {
    const body = async function* (): AsyncGenerator<Buffer> {
      yield BODY.subarray(0, 5);
      await new Promise((resolve) => setTimeout(resolve, 2.5 * TIMEOUT_MS));
    };
    const outcome = await deliver({ body, signingSecrets: [secret()] });
    expect(outcome).toMatchObject({ kind: "broken", message: "the body could not be read in time to sign it" });
    expect(outcome.latencyMs).toBeLessThan(2 * TIMEOUT_MS);
    expect(receiver.batches).toEqual([]);
  });

  test("spends the time of its attempt on its signature too", async () => {
    receiver.answerWith(() => "hang");
    const body = async function* (): AsyncGenerator<Buffer> {
      await new Promise((resolve) => setTimeout(resolve, 0.8 * TIMEOUT_MS));
      yield BODY;
    };
    const outcome = await deliver({ body, signingSecrets: [secret()] });
    expect(outcome).toMatchObject({ kind: "unreachable", reason: "timeout", stalledUpload: false });
    expect(outcome.latencyMs).toBeGreaterThan(TIMEOUT_MS - 20);
    expect(outcome.latencyMs).toBeLessThan(1.6 * TIMEOUT_MS);
  });

  test("with a stored secret that is none is broken, and the secret is not named", async () => {
    expect(await deliver({ signingSecrets: ["whsec_short"] })).toMatchObject({
      kind: "broken",
      message: "a stored signing secret is not whsec_ and base64; set it anew",
    });
  });

  test("is not sent when the process stops while it is signed", async () => {
    const stopping = new AbortController();
    const body = async function* (): AsyncGenerator<Buffer> {
      stopping.abort();
      await new Promise((resolve) => setTimeout(resolve, 50));
      yield BODY;
    };
    const outcome = await deliver({ body, signal: stopping.signal, signingSecrets: [secret()] });
    expect(outcome).toMatchObject({ kind: "broken", message: "the attempt was stopped" });
    expect(receiver.batches).toEqual([]);
  });
});

describe("a target with authorities of its own", () => {
  test("is trusted by those, on a kept connection, and by nobody else", async () => {
    const [mine, foreign] = [selfSigned(), selfSigned()];
    const target = await startTarget((socket, received) => {
      if (isComplete(received)) socket.write(OK);
    }, createTlsServer(mine));
    const untrusted = { kind: "unreachable", reason: "tls", errorCode: "DEPTH_ZERO_SELF_SIGNED_CERT" };
    expect(await deliver({ target: target.url })).toMatchObject(untrusted);
    expect(await deliver({ target: target.url, tlsCa: mine.cert.toString() })).toMatchObject({ status: 200 });
    const connections = target.connections();
    expect(await deliver({ target: target.url, tlsCa: mine.cert.toString() })).toMatchObject({ status: 200 });
    expect(target.connections()).toBe(connections);
    expect(await deliver({ target: target.url, tlsCa: foreign.cert.toString() })).toMatchObject(untrusted);
    expect(await deliver({ target: target.url })).toMatchObject(untrusted);
    const both = `${foreign.cert.toString()}${mine.cert.toString()}`;
    expect(await deliver({ target: target.url, tlsCa: both })).toMatchObject({ status: 200 });
  });
});
