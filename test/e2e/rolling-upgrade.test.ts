import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { buildPreviousRelease } from "../support/previous-release.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { event, freshDatabase, numbersOf, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const API_KEY = `test-key-${randomUUID()}`;
const SENDERS = 3;
const EVENTS_A_REQUEST = 20;
/** Each is wanted by one webhook, so that no text is another one's as well, and what waits is packed and merged. */
const TYPES = ["delivery", "bounce", "injection"];
const typeOf = (n: number): string => TYPES[n % TYPES.length] ?? "";
/** Between two replacements. */
const EVENTS_BETWEEN = 1_000;

const previous = buildPreviousRelease();
if (previous.kind === "unavailable") console.warn(`No rolling upgrade is tried: ${previous.why}`);
const wherePrevious = previous.kind === "built" ? test : test.skip;

let stacks: readonly Stack[] = [];
let receivers: readonly Receiver[] = [];
afterEach(async () => {
  await Promise.all(stacks.map((stack) => stack.stop()));
  await Promise.all(receivers.map((receiver) => receiver.close()));
});
afterAll(() => {
  if (previous.kind === "built") previous.remove();
});

/** A call without a look at this release's document: another release may answer it. */
async function call(method: string, url: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method,
    headers: { authorization: API_KEY, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as { results?: { id: string } } };
}

/** Senders that go round the API processes and repeat what was not acknowledged, under its key. */
function startSenders(urls: readonly string[]) {
  const accepted: number[] = [];
  const refused: number[] = [];
  let isSending = true;
  let next = 0;
  let turn = 0;
  const send = async (): Promise<void> => {
    const numbers = Array.from({ length: EVENTS_A_REQUEST }, () => next++);
    const events = numbers.map((n) => event(n, typeOf(n)));
    const key = randomUUID();
    for (;;) {
      const url = `${urls[turn++ % urls.length]}/api/v1/events`;
      const status = await call("POST", url, events, { "idempotency-key": key }).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) break;
      // None: it has just been stopped. Another process is asked.
      if (status !== 0 && status !== 503 && status !== 409) refused.push(status);
      await delay(20);
    }
    accepted.push(...numbers);
  };
  const ended = Promise.all(
    Array.from({ length: SENDERS }, async () => {
      while (isSending) await send();
    }),
  );
  return {
    accepted,
    refused,
    stop: async () => {
      isSending = false;
      await ended;
    },
  };
}

/** The events that a target has acknowledged, and whether each batch had the same bytes whenever it came. */
function ledgerOf({ batches }: Receiver, taken: ReadonlySet<string>) {
  const bodies = new Map<string, Buffer>();
  const changed: string[] = [];
  for (const { batchId, body } of batches) {
    const before = bodies.get(batchId);
    if (before !== undefined && !before.equals(body)) changed.push(batchId);
    bodies.set(batchId, body);
  }
  const numbers = [...bodies]
    .filter(([batchId]) => taken.has(batchId))
    .flatMap(([, body]) => numbersOf(JSON.parse(body.toString()) as unknown[]));
  return { numbers: numbers.toSorted((a, b) => a - b), changed };
}

wherePrevious(
  "processes of two releases work side by side under load, and every accepted event arrives",
  async () => {
    const before = previous.kind === "built" ? previous.root : "";
    const redisUrl = await freshDatabase();
    const env = {
      POSTHORN_API_KEY: API_KEY,
      BATCH_MAX_WAIT: "200ms",
      RETRY_SCHEDULE: "1s,2s",
      PROBE_INTERVAL_MAX: "1s",
    };
    stacks = [await startStack({ redisUrl, env, root: before }), await startStack({ redisUrl, env, root: before })];
    const [healthy, sick, paused] = await Promise.all([startReceiver(), startReceiver(), startReceiver()]);
    receivers = [healthy, sick, paused];
    const taken = receivers.map(() => new Set<string>());
    let isSick = true;
    receivers.forEach((receiver, index) =>
      receiver.answerWith(({ batchId }) => {
        if (receiver === sick && isSick) return { status: 503 };
        taken[index]?.add(batchId);
        return { status: 200, delayMs: 20 };
      }),
    );
    const url = stacks[0]?.url ?? "";
    const ids: string[] = [];
    for (const [index, receiver] of receivers.entries()) {
      const definition = { name: TYPES[index], target: receiver.url, events: [TYPES[index]], auth_token: "s3cret" };
      const { json } = await call("POST", `${url}/api/v1/webhooks`, definition);
      ids.push(json.results?.id ?? "");
    }
    expect((await call("POST", `${url}/api/v1/webhooks/${ids[2]}/pause`)).status).toBe(200);

    const senders = startSenders(stacks.map((stack) => stack.url));
    for (const stack of stacks) {
      for (const service of [...stack.workers, stack.api]) {
        const seen = senders.accepted.length;
        await waitFor("events being accepted", () => senders.accepted.length > seen + EVENTS_BETWEEN, 30_000);
        await service.kill("SIGTERM");
        expect(await service.ended()).toBe(0);
        await service.start();
      }
    }
    const seen = senders.accepted.length;
    await waitFor("events being accepted", () => senders.accepted.length > seen + EVENTS_BETWEEN, 30_000);
    await senders.stop();
    expect(senders.refused).toEqual([]);

    // What the release before has stored for these waits for this one.
    isSick = false;
    for (const [id, action] of [
      [ids[1], "retry"],
      [ids[2], "resume"],
    ] as const) {
      expect((await call("POST", `${url}/api/v1/webhooks/${id}/${action}`)).status).toBe(200);
    }
    for (const [index, receiver] of receivers.entries()) {
      const expected = senders.accepted.filter((n) => typeOf(n) === TYPES[index]).toSorted((a, b) => a - b);
      const ledger = () => ledgerOf(receiver, taken[index] ?? new Set());
      await waitFor("every event", () => ledger().numbers.length >= expected.length, 60_000);
      expect(ledger()).toEqual({ numbers: expected, changed: [] });
    }
    const strange = stacks
      .flatMap((stack) => [stack.api, ...stack.workers])
      .flatMap(({ logs }) => logs)
      .filter(({ level }) => level === "error" || level === "fatal");
    expect(strange).toEqual([]);
  },
  180_000,
);
