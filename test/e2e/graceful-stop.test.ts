import { connect } from "node:net";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { startRedisServer } from "../support/redis-server.ts";
import type { RedisServer } from "../support/redis-server.ts";
import { event, freshDatabase, startStack } from "../support/stack.ts";
import type { Stack, StackProcess } from "../support/stack.ts";
import { startTokenServer } from "../support/token-server.ts";
import { waitFor } from "../support/wait-for.ts";

let stack: Stack | undefined;
let redis: RedisServer | undefined;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await stack?.stop();
  await receiver.close();
  await redis?.remove();
  redis = undefined;
});

function workerOf({ workers }: Stack): StackProcess {
  const [worker] = workers;
  if (worker === undefined) throw new Error("no worker was started");
  return worker;
}

const QUICK = { BATCH_MAX_WAIT: "50ms" };
/** What a busy machine may add to a bound. */
const ROOM_MS = 3_000;

describe("a worker that is told to stop", () => {
  test("finishes the attempts in flight, takes nothing more, and leaves the rest to others", async () => {
    stack = await startStack({ redisUrl: await freshDatabase(), env: { ...QUICK, BATCH_MAX_EVENTS: "1" } });
    const worker = workerOf(stack);
    await stack.createWebhook(receiver.url, { concurrency: 2 });
    receiver.answerWith(() => ({ status: 200, delayMs: 1_500 }));
    await stack.send([event(1), event(2), event(3), event(4)]);
    await waitFor("two attempts", () => receiver.batches.length === 2);
    await worker.kill("SIGTERM");
    expect(await worker.ended()).toBe(0);
    expect(receiver.batches).toHaveLength(2);
    receiver.answerWith(() => ({ status: 200 }));
    await worker.start();
    await waitFor("the others", () => receiver.batches.length >= 4);
    expect(new Set(receiver.batches.map(({ batchId }) => batchId)).size).toBe(4);
    expect(receiver.batches).toHaveLength(4);
  }, 60_000);

  test("finishes an attempt under OAuth2, the token of which is still being fetched", async () => {
    const tokens = await startTokenServer();
    try {
      stack = await startStack({ redisUrl: await freshDatabase(), env: QUICK });
      const worker = workerOf(stack);
      await stack.createWebhook(receiver.url, {
        auth_type: "oauth2",
        auth_request_details: { url: tokens.url, body: { grant_type: "client_credentials" } },
      });
      tokens.revoke();
      receiver.answerWith(({ headers }) =>
        tokens.accepts(headers.authorization) ? { status: 200, delayMs: 1_000 } : { status: 401 },
      );
      tokens.answerWith({ delayMs: 1_500 });
      const asked = tokens.requests.length;
      await stack.send([event(1)]);
      await waitFor("the request for a token", () => tokens.requests.length > asked);
      await worker.kill("SIGTERM");
      expect(await worker.ended()).toBe(0);
      expect(worker.logs).toContainEqual(
        expect.objectContaining({ event: "delivery.attempted", verdict: "delivered", attempt: 1 }),
      );
    } finally {
      await tokens.close();
    }
  }, 60_000);

  test.each(["a second signal", "SHUTDOWN_TIMEOUT"])(
    "releases what it holds only at %s: due at once, under the same id, and no failed attempt",
    async (reason) => {
      stack = await startStack({
        redisUrl: await freshDatabase(),
        workers: 2,
        env: QUICK,
        workerEnv: reason === "SHUTDOWN_TIMEOUT" ? { SHUTDOWN_TIMEOUT: "1s" } : {},
      });
      const id = await stack.createWebhook(receiver.url);
      receiver.answerWith(["hang", "hang"]);
      await stack.send([event(1)]);
      await waitFor("the attempt", () => receiver.batches.length === 1);
      for (const worker of stack.workers) process.kill(worker.pid(), "SIGTERM");
      // The one without an attempt ends; the other one waits.
      await Promise.race(stack.workers.map((worker) => worker.ended()));
      const startedAtMs = performance.now();
      if (reason === "a second signal") {
        for (const worker of stack.workers) {
          if (worker.logs.every((line) => line["event"] !== "process.stopped")) process.kill(worker.pid(), "SIGTERM");
        }
      }
      const codes = await Promise.all(stack.workers.map((worker) => worker.ended()));
      expect(new Set(codes)).toEqual(new Set([0, 1]));
      expect(performance.now() - startedAtMs).toBeLessThan(2_000 + ROOM_MS);
      const { body } = await stack.call("GET", `/api/v1/webhooks/${id}/batches`);
      expect(body["results"]).toEqual([expect.objectContaining({ failed_attempts: 0 })]);
      receiver.answerWith(() => ({ status: 200 }));
      await stack.workers[0]?.start();
      await waitFor("the next attempt", () => receiver.batches.length === 2, 3_000 + ROOM_MS);
      expect(receiver.batches[1]?.batchId).toBe(receiver.batches[0]?.batchId);
    },
    60_000,
  );
});

describe("an API process that is told to stop", () => {
  /** The beginning of a request with `body`, of which `sent` bytes go out at once. */
  async function beginUpload({ url, apiKey }: Stack, body: string, sent: number) {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let text = "";
    socket.on("data", (part: Buffer) => (text += part.toString()));
    const ended = new Promise<string>((resolve) => {
      socket.once("error", () => undefined);
      socket.once("close", () => resolve(text));
    });
    const head = ["POST /api/v1/events HTTP/1.1", "Host: api", `Authorization: ${apiKey}`];
    const about = ["Content-Type: application/json", `Content-Length: ${body.length}`, "Expect: 100-continue"];
    socket.write(`${[...head, ...about].join("\r\n")}\r\n\r\n`);
    await waitFor("the request having come", () => text.includes("100 Continue"));
    socket.write(body.slice(0, sent));
    return { ended, rest: () => socket.write(body.slice(sent)) };
  }

  test("takes in and answers a request of which a part has come", async () => {
    stack = await startStack({ redisUrl: await freshDatabase(), env: QUICK });
    const { api } = stack;
    await stack.createWebhook(receiver.url);
    const upload = await beginUpload(stack, JSON.stringify([event(1)]), 10);
    process.kill(api.pid(), "SIGTERM");
    await waitFor("the stop", () => api.logs.some((line) => line["event"] === "process.stopping"));
    upload.rest();
    expect(await upload.ended).toMatch(/HTTP\/1\.1 200 OK\r\n[^]*Connection: close\r\n[^]*"accepted":1/);
    expect(await api.ended()).toBe(0);
    await waitFor("the event", () => receiver.batches.length === 1);
  }, 60_000);

  test("waits for the rest of a request until SHUTDOWN_TIMEOUT, and stores nothing of it then", async () => {
    stack = await startStack({ redisUrl: await freshDatabase(), env: { ...QUICK, SHUTDOWN_TIMEOUT: "1s" } });
    const { api } = stack;
    await stack.createWebhook(receiver.url);
    const upload = await beginUpload(stack, JSON.stringify([event(1)]), 10);
    const startedAtMs = performance.now();
    await api.kill("SIGTERM");
    expect(await api.ended()).toBe(1);
    expect(performance.now() - startedAtMs).toBeLessThan(2_000 + ROOM_MS);
    expect(await upload.ended).not.toContain("200 OK");
    await api.start();
    await stack.send([event(2)]);
    await waitFor("a batch", () => receiver.batches.length === 1);
    expect(receiver.batches[0]?.events).toEqual([event(2)]);
  }, 60_000);
});

test.each(["SIGKILL", "SIGSTOP"] as const)(
  "the stop ends within SHUTDOWN_TIMEOUT and a second while Redis is away (%s)",
  async (signal) => {
    redis = await startRedisServer();
    stack = await startStack({ redisUrl: redis.url, env: { ...QUICK, SHUTDOWN_TIMEOUT: "4s" } });
    await stack.createWebhook(receiver.url);
    receiver.answerWith(["hang"]);
    await stack.send([event(1)]);
    await waitFor("the attempt", () => receiver.batches.length === 1);
    await redis.kill(signal);
    const startedAtMs = performance.now();
    await Promise.all([stack.api, workerOf(stack)].map(({ kill }) => kill("SIGTERM")));
    expect(performance.now() - startedAtMs).toBeLessThan(5_000 + ROOM_MS);
  },
  60_000,
);

test("a stop ends well while Redis is away and nothing is in flight", async () => {
  redis = await startRedisServer();
  stack = await startStack({ redisUrl: redis.url, env: QUICK });
  await stack.createWebhook(receiver.url);
  await redis.kill("SIGKILL");
  const both = [stack.api, workerOf(stack)];
  await Promise.all(both.map(({ kill }) => kill("SIGTERM")));
  expect(await Promise.all(both.map(({ ended }) => ended()))).toEqual([0, 0]);
}, 60_000);
