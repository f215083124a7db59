import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { event, freshDatabase } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { startWorker } from "../../../test/support/worker.ts";
import type { TestWorker } from "../../../test/support/worker.ts";

/** A target that tells how many attempts it has in its hands. */
interface Target {
  readonly url: string;
  readonly received: string[];
  readonly inHand: () => number;
  /** The most that it has had in its hands since the last call. */
  readonly most: () => number;
  /** What it does with the attempt that is the so many-th of its batch. */
  play(act: (response: ServerResponse, attempt: number) => void): void;
}

const hang = (): void => undefined;
const accept = (response: ServerResponse): void => void response.end();

const servers: Server[] = [];
let api: TestApi;
let worker: TestWorker | undefined;

afterEach(async () => {
  await worker?.stop();
  worker = undefined;
  await api.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function startTarget(): Promise<Target> {
  const received: string[] = [];
  let [inHand, most] = [0, 0];
  let act: (response: ServerResponse, attempt: number) => void = accept;
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => {
      const batch = String(request.headers["x-messagesystems-batch-id"]);
      received.push(batch);
      inHand++;
      most = Math.max(most, inHand);
      response.once("close", () => inHand--);
      act(response, received.filter((one) => one === batch).length);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    inHand: () => inHand,
    most: () => {
      const told = most;
      most = inHand;
      return told;
    },
    play: (next) => {
      act = next;
    },
  };
}

/** An API and one worker, where every event is a batch. */
async function start(env: Record<string, string>): Promise<void> {
  const redisUrl = await freshDatabase();
  const shared = { BATCH_MAX_EVENTS: "1", BATCH_MAX_WAIT: "50ms", API_RATE_LIMIT: "0", ...env };
  api = await startApi(redisUrl, shared);
  worker = await startWorker(redisUrl, shared);
}

async function createWebhook(target: string, type: string): Promise<void> {
  const { status, text } = await api.request("POST", "/api/v1/webhooks", {
    json: { name: "test", target, events: [type] },
  });
  if (status !== 200) throw new Error(text);
}

async function send(type: string, count: number): Promise<void> {
  const json = Array.from({ length: count }, (_, n) => event(n, type));
  expect((await api.request("POST", "/api/v1/events", { json })).status).toBe(200);
}

/** The test POSTs of webhooks are no attempts. */
function forget({ received, most }: Target): void {
  received.length = 0;
  most();
}

test("sixty hanging webhooks in the retry lane hold half of a worker's twenty places, and fresh batches go on", async () => {
  await start({ WORKER_CONCURRENCY: "20", DELIVERY_TIMEOUT: "20s", RETRY_SCHEDULE: "200ms" });
  const [sick, healthy] = [await startTarget(), await startTarget()];
  for (let n = 0; n < 60; n++) await createWebhook(`${sick.url}/${n}`, "bounce");
  await createWebhook(healthy.url, "delivery");
  for (const target of [sick, healthy]) forget(target);
  sick.play((response, attempt) => {
    if (attempt === 1) response.writeHead(503).end();
  });
  await send("bounce", 1);
  await waitFor("the retry lane being full", () => sick.received.length === 70 && sick.inHand() === 10);
  sick.most();
  await send("delivery", 40);
  await waitFor("all fresh batches", () => healthy.received.length === 40);
  expect(sick.inHand()).toBe(10);
  expect(sick.most()).toBe(10);
}, 60_000);

test("a retry has a place although webhooks that hang fill the fresh lane", async () => {
  await start({ WORKER_CONCURRENCY: "4", DELIVERY_TIMEOUT: "20s", RETRY_SCHEDULE: "1s" });
  const [sick, other] = [await startTarget(), await startTarget()];
  for (let n = 0; n < 8; n++) await createWebhook(`${sick.url}/${n}`, "bounce");
  await createWebhook(other.url, "delivery");
  for (const target of [sick, other]) forget(target);
  sick.play(hang);
  other.play((response, attempt) => void (attempt === 1 ? response.writeHead(503).end() : response.end()));
  await send("delivery", 1);
  await waitFor("the first attempt", () => other.received.length === 1);
  await send("bounce", 1);
  await waitFor("the fresh lane being full", () => sick.inHand() === 3);
  await waitFor("the retry", () => other.received.length === 2);
  expect(sick.inHand()).toBe(3);
}, 60_000);

test("webhooks that begin to hang at the same time leave places of the fresh lane to others", async () => {
  await start({ WORKER_CONCURRENCY: "20", WEBHOOK_CONCURRENCY: "4", DELIVERY_TIMEOUT: "20s" });
  const [sick, healthy] = [await startTarget(), await startTarget()];
  for (let n = 0; n < 9; n++) await createWebhook(`${sick.url}/${n}`, "bounce");
  await createWebhook(healthy.url, "delivery");
  for (const target of [sick, healthy]) forget(target);
  sick.play(hang);
  await send("bounce", 50);
  // Half of the places as they come; the others of them have one each beyond that.
  await waitFor("the sick ones having all that they can get", () => sick.inHand() >= 10);
  await send("delivery", 40);
  await waitFor("all batches of the healthy one", () => healthy.received.length === 40);
  expect(sick.most()).toBeLessThanOrEqual(10 + 9);
}, 60_000);

test("a sick webhook holds its slots and no more, and one of them while it is failing", async () => {
  await start({
    WEBHOOK_CONCURRENCY: "4",
    DELIVERY_TIMEOUT: "500ms",
    RETRY_SCHEDULE: "200ms",
    PROBE_INTERVAL_MAX: "200ms",
  });
  const sick = await startTarget();
  await createWebhook(sick.url, "bounce");
  forget(sick);
  sick.play(hang);
  await send("bounce", 100);
  await waitFor("its slots being taken", () => sick.inHand() === 4);
  await waitFor("the first of them timing out", () => sick.inHand() < 4);
  await waitFor("the others timing out", () => sick.received.length > 4 && sick.inHand() <= 1);
  expect(sick.most()).toBe(4);
  // An attempt that was under way when it began to fail may overlap the first probe.
  await waitFor("a probe", () => sick.inHand() === 0);
  const before = sick.received.length;
  sick.most();
  await waitFor("more probes", () => sick.received.length > before + 3);
  expect(sick.most()).toBe(1);
  // In turn: another batch each time.
  const probes = sick.received.slice(before);
  expect(new Set(probes).size).toBe(probes.length);
}, 60_000);

test.each([429, 503])(
  "%i with Retry-After holds that webhook, and nobody else's batches",
  async (status) => {
    await start({ WEBHOOK_CONCURRENCY: "1", RETRY_SCHEDULE: "50ms" });
    const [held, healthy] = [await startTarget(), await startTarget()];
    await createWebhook(held.url, "bounce");
    await createWebhook(healthy.url, "delivery");
    for (const target of [held, healthy]) forget(target);
    held.play((response) => void response.writeHead(status, { "retry-after": "600" }).end());
    await send("bounce", 20);
    await waitFor("the answer that holds it", () => held.received.length === 1);
    for (let round = 1; round <= 5; round++) {
      await send("delivery", 20);
      await waitFor("the healthy one's batches", () => healthy.received.length === 20 * round);
    }
    expect(held.received).toHaveLength(1);
  },
  60_000,
);
