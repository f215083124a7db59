import { startMisbehavingTarget } from "../support/misbehaving-target.ts";
import type { MisbehavingTarget } from "../support/misbehaving-target.ts";
import { BODIES } from "../support/misbehaviours/bodies.ts";
import { CONNECTIONS } from "../support/misbehaviours/connections.ts";
import { HEADS } from "../support/misbehaviours/heads.ts";
import type { Misbehaviour, Shown } from "../support/misbehaviours/misbehaviour.ts";
import { STATUSES } from "../support/misbehaviours/statuses.ts";
import { TLS } from "../support/misbehaviours/tls.ts";
import { UPLOADS } from "../support/misbehaviours/uploads.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { headerOf } from "../support/request-reader.ts";
import { freshDatabase, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const MISBEHAVIOURS = [...CONNECTIONS, ...HEADS, ...BODIES, ...STATUSES, ...UPLOADS, ...TLS];
const AT_A_TIME = 10;
const RETRY_MS = 500;
/** Long enough for a busy machine, and short for ten targets that use it up. */
const DELIVERY_TIMEOUT_MS = 4_000;
/** The healthy webhook's, and far from those that number the misbehaving targets. */
const HEALTHY = 1_000;

let stack: Stack;
let healthy: Receiver;
let healthyId: string;
/** What is wrong with a case, by its name; they run at the same time, and their tests only tell. */
const failures = new Map<string, unknown>();

beforeAll(async () => {
  healthy = await startReceiver();
  stack = await startStack({
    redisUrl: await freshDatabase(),
    env: {
      BATCH_MAX_WAIT: "50ms",
      DELIVERY_TIMEOUT: `${DELIVERY_TIMEOUT_MS}ms`,
      RETRY_SCHEDULE: `${RETRY_MS}ms`,
      API_RATE_LIMIT: "0",
    },
  });
  healthyId = await createWebhook(healthy.url, HEALTHY);
  const waiting = [...MISBEHAVIOURS.entries()];
  const runNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [number, misbehaviour] = next;
      await run(misbehaviour, number + 1).catch((error: unknown) => failures.set(misbehaviour.name, error));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, runNext));
}, 120_000);
afterAll(async () => {
  await stack.stop();
  await healthy.close();
});

test.each(MISBEHAVIOURS)("a batch outlives a target that $name", ({ name }) => {
  const failure = failures.get(name);
  if (failure !== undefined) throw failure;
});

test("a webhook beside them all gets each of its batches at the first attempt", () => {
  expect(healthyEvents()).toHaveLength(MISBEHAVIOURS.length);
  for (const line of attemptsOf(healthyId)) expect(line).toMatchObject({ attempt: 1, verdict: "delivered" });
});

test("no worker has failed at any of it", () => {
  const levels = stack.workers.flatMap(({ logs }) => logs.map((line) => line["level"]));
  expect(levels.filter((level) => Number(level) >= 50)).toEqual([]);
});

/** A webhook that gets the events of one subaccount, so that nobody gets another one's. */
function createWebhook(target: string, subaccount: number, changes: Record<string, unknown> = {}): Promise<string> {
  return stack.createWebhook(target, { events: ["delivery"], subaccount_id: subaccount, ...changes });
}

/** By the numbers of their cases. */
function healthyEvents(): number[] {
  return healthy.batches
    .flatMap(({ events }) => events as { msys: { message_event: { n: number } } }[])
    .map(({ msys }) => msys.message_event.n);
}

/** Sends one event of the subaccount and returns the batch's body to come. */
async function send(subaccount: number, n: number, bytes = 0): Promise<string> {
  const sent = { msys: { message_event: { type: "delivery", n, padding: "p".repeat(bytes) } } };
  await stack.send([sent], { "x-msys-subaccount": String(subaccount) });
  return JSON.stringify([sent]);
}

/** What the log tells of a webhook's attempts. */
function attemptsOf(webhook: string): Record<string, unknown>[] {
  return stack.workers.flatMap(({ logs }) =>
    logs.filter((line) => line["event"] === "delivery.attempted" && line["webhook"] === webhook),
  );
}

/** Has the target misbehave at a batch and serve well again, and looks at what becomes of the batch. */
async function run(misbehaviour: Misbehaviour, subaccount: number): Promise<void> {
  const { tls, shown, isOnKept = false, eventBytes } = misbehaviour;
  const target = await startMisbehavingTarget({ certificate: tls?.serves });
  try {
    const trust = tls === undefined ? {} : { tls_ca: tls.trusts.map(({ cert }) => cert.toString()).join("") };
    const id = await createWebhook(target.url, subaccount, trust);
    if (isOnKept) {
      await send(subaccount, 0);
      await waitFor("the batch before", () => attemptsOf(id).length === 1);
    }
    const before = attemptsOf(id).length;
    const mend = await upset(target, misbehaviour);
    const body = await send(subaccount, 1, eventBytes);
    await waitFor("the misbehaviour", () => target.hasMisbehaved() || attemptsOf(id).length > before);
    await send(HEALTHY, subaccount);
    await waitFor("the healthy webhook's event", () => healthyEvents().includes(subaccount));

    const first = await waitFor("the attempt's end", () => attemptsOf(id)[before]);
    await mend();
    const batch = String(first["batch"]);
    const path = `/api/v1/webhooks/${id}/batches/${batch}`;
    if (misbehaviour.isRetriedByHand === true)
      expect(await stack.call("POST", `${path}/retry`)).toMatchObject({ status: 200 });
    const view = await waitFor("the delivery", async () => {
      const { body: answer } = await stack.call("GET", path);
      const results = answer["results"] as Record<string, unknown>;
      return results["state"] === "delivered" && results;
    });
    const attempts = Number(view["attempts"]);
    // What somebody else has to mend may last for more attempts than one.
    expect(view).toMatchObject({ failed_attempts: attempts - 1, events: 1 });
    if (misbehaviour.upset === undefined) expect(attempts).toBe(shown.kind === "delivered" ? 1 : 2);
    expect(first).toMatchObject(loggedAs(shown));
    const { body: listed } = await stack.call("GET", `${path}/attempts`);
    const [shownFirst, ...others] = listed["results"] as Record<string, unknown>[];
    expect(shownFirst).toMatchObject(viewOf(shown));
    if (shown.kind !== "delivered") {
      expectDelay(shownFirst ?? {}, misbehaviour);
      expect(others.slice(-1)).toEqual([
        expect.objectContaining({ outcome: "delivered", status: 200, response_body: "OK" }),
      ]);
    }

    const requests = target.requests().slice(before);
    // Nothing of a batch differs from one attempt to the next, as far as the target has read it.
    for (const { batchId, head, body: read } of requests) {
      expect({ batchId, bodyBytes: headerOf(head, "content-length") }).toEqual({
        batchId: batch,
        bodyBytes: String(body.length),
      });
      expect(body.startsWith(read.toString())).toBe(true);
    }
    if (shown.kind !== "delivered") expect(requests.at(-1)?.body).toHaveLength(body.length);
    misbehaviour.check?.(requests);

    // What the target did to the connection does not meet the batch after.
    const nextBody = await send(subaccount, 2);
    await waitFor("the next batch's attempt", () => attemptsOf(id).length > before + attempts);
    expect(attemptsOf(id).at(-1)).toMatchObject({ outcome: "delivered", status: 200, attempt: 1 });
    expect(target.requests().at(-1)?.body.toString()).toBe(nextBody);
  } finally {
    await target.stop();
  }
}

/** Resolves to what puts an end to it, where it does not end by itself. */
async function upset(target: MisbehavingTarget, misbehaviour: Misbehaviour): Promise<() => Promise<void>> {
  if (misbehaviour.upset !== undefined) return await misbehaviour.upset(target);
  target.misbehaveOnce(misbehaviour.play);
  return () => Promise.resolve();
}

function loggedAs(shown: Shown): Record<string, unknown> {
  switch (shown.kind) {
    case "delivered":
      return { verdict: "delivered", outcome: "delivered", status: shown.status };
    case "answered":
      return { verdict: "retry", outcome: `status_${Math.floor(shown.status / 100)}xx`, status: shown.status };
    case "unreachable":
      return { verdict: "retry", outcome: shown.outcome, errorCode: codeOf(shown) };
  }
}

function codeOf({ errorCode }: Extract<Shown, { kind: "unreachable" }>): unknown {
  return typeof errorCode === "string" ? errorCode : expect.stringMatching(errorCode);
}

/** The attempt as the API shows it. */
function viewOf(shown: Shown): Record<string, unknown> {
  const { body } = shown.kind === "unreachable" ? { body: null } : shown;
  const answered = { error_code: null, ...(body === undefined ? {} : { response_body: body }) };
  switch (shown.kind) {
    case "delivered":
      return { outcome: "delivered", status: shown.status, message: null, ...answered };
    case "answered": {
      const { status, message = `The target answered ${status}` } = shown;
      return { outcome: "failed", status, message, ...answered };
    }
    case "unreachable":
      return {
        outcome: "failed",
        status: null,
        error_code: codeOf(shown),
        message: expect.stringMatching(shown.message),
        response_body: null,
      };
  }
}

const JITTER = 0.1;

/** Fails unless the next attempt is planned for when it should be. */
function expectDelay({ at, next_attempt_at: next }: Record<string, unknown>, { retriedAfterMs }: Misbehaviour): void {
  const [atLeast, atMost] = retriedAfterMs ?? [RETRY_MS * (1 - JITTER), RETRY_MS * (1 + JITTER)];
  const delayMs = Date.parse(String(next)) - Date.parse(String(at));
  expect(delayMs).toBeGreaterThanOrEqual(Math.floor(atLeast));
  expect(delayMs).toBeLessThanOrEqual(Math.ceil(atMost));
}
