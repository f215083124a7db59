import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { event, freshDatabase, numbersOf, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const SENDERS = 4;
const EVENTS_A_REQUEST = 20;
const ROUNDS = 2;

/** What a sender was told of one request. */
type Told =
  | { readonly kind: "answered"; readonly status: number }
  | { readonly kind: "failed"; readonly code: string; readonly isReused: boolean };

const API_KEY = `test-key-${randomUUID()}`;

let stacks: readonly Stack[] = [];
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await Promise.all(stacks.map((stack) => stack.stop()));
  await receiver.close();
});

function post(url: string, agent: Agent, body: string): Promise<Told> {
  return new Promise((resolve) => {
    const sent = request(`${url}/api/v1/events`, {
      method: "POST",
      agent,
      headers: { authorization: API_KEY, "content-type": "application/json" },
    });
    sent.once("response", (response) => {
      response.resume();
      response.once("end", () => resolve({ kind: "answered", status: response.statusCode ?? 0 }));
      response.once("error", ({ message }) => resolve({ kind: "failed", code: message, isReused: false }));
    });
    sent.once("error", ({ code = "" }: NodeJS.ErrnoException) =>
      resolve({ kind: "failed", code, isReused: sent.reusedSocket }),
    );
    sent.end(body);
  });
}

/** An error after which nothing was taken: no connection, or one that was idle is gone. */
function isHarmless(told: Told): boolean {
  if (told.kind === "answered") return false;
  return told.code === "ECONNREFUSED" || (told.isReused && /^(ECONNRESET|EPIPE)$/.test(told.code));
}

/**
 * A mail server behind a tiny round robin: keeps a connection to each API process, takes them in turn, and sends what
 * met a harmless error again. Stops when told, or at an error of another kind.
 */
function startSender(urls: readonly string[], nextNumber: () => number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const harmless: Told[] = [];
  const accepted: number[] = [];
  let isSending = true;
  let turn = 0;

  const run = async (): Promise<Told | undefined> => {
    while (isSending) {
      const numbers = Array.from({ length: EVENTS_A_REQUEST }, nextNumber);
      const body = JSON.stringify(numbers.map((n) => event(n)));
      for (;;) {
        const told = await post(urls[turn++ % urls.length] ?? "", agent, body);
        if (told.kind === "answered" && told.status === 200) break;
        if (!isHarmless(told)) return told;
        harmless.push(told);
      }
      accepted.push(...numbers);
    }
    return undefined;
  };
  const ended = run().finally(() => agent.destroy());
  return {
    accepted,
    harmless,
    /** Resolves to the error that ended it early, if one did. */
    stop: () => {
      isSending = false;
      return ended;
    },
  };
}

test("rolling restarts of API and workers lose nothing, double nothing, and give senders no error but a refused connection or the reset of an idle one", async () => {
  const redisUrl = await freshDatabase();
  const options = { redisUrl, env: { POSTHORN_API_KEY: API_KEY, BATCH_MAX_WAIT: "200ms" } };
  stacks = [await startStack(options), await startStack(options)];
  await stacks[0]?.createWebhook(receiver.url);
  // Long enough to be under way when a worker is told to stop.
  receiver.answerWith(() => ({ status: 200, delayMs: 200 }));

  let numbers = 0;
  const urls = stacks.map(({ url }) => url);
  const senders = Array.from({ length: SENDERS }, () => startSender(urls, () => numbers++));
  const accepted = (): number[] => senders.flatMap((sender) => sender.accepted);

  for (let round = 0; round < ROUNDS; round++) {
    for (const { api, workers } of stacks) {
      for (const { kill, ended, start } of [api, ...workers]) {
        const before = accepted().length;
        await waitFor("events being accepted", () => accepted().length > before + 1_000);
        await kill("SIGTERM");
        expect(await ended()).toBe(0);
        await start();
      }
    }
  }
  expect(await Promise.all(senders.map((sender) => sender.stop()))).toEqual(senders.map(() => undefined));

  const received = (): number[] => receiver.batches.flatMap(({ events }) => numbersOf(events));
  await waitFor("every event", () => received().length >= accepted().length, 20_000);
  expect(received().toSorted((a, b) => a - b)).toEqual(accepted().toSorted((a, b) => a - b));
  const batches = receiver.batches.map(({ batchId }) => batchId);
  expect(new Set(batches).size).toBe(batches.length);
}, 90_000);
