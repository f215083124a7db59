import { startOtlpCollector } from "../support/otlp-collector.ts";
import type { OtlpCollector } from "../support/otlp-collector.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { event, freshDatabase, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const SERVER = 2;
const CLIENT = 3;
const SENDER = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };

let collector: OtlpCollector;
let receiver: Receiver;
let stack: Stack | undefined;

beforeEach(async () => {
  [collector, receiver] = await Promise.all([startOtlpCollector(), startReceiver()]);
});
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
  await Promise.all([collector.close(), receiver.close()]);
});

async function start(env: Record<string, string>): Promise<Stack> {
  stack = await startStack({
    redisUrl: await freshDatabase(),
    env: {
      BATCH_MAX_EVENTS: "4",
      BATCH_MAX_WAIT: "1s",
      RETRY_SCHEDULE: "200ms",
      OTEL_BSP_SCHEDULE_DELAY: "100",
      ...env,
    },
  });
  return stack;
}

test("an event can be followed from the sender's trace over ingest and append to every attempt of its batch", async () => {
  const { createWebhook, send } = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=mail",
    TRACE_TARGETS: "true",
  });
  await createWebhook(receiver.url);
  receiver.answerWith([{ status: 500 }]);
  await send([event(1), event(2)], { traceparent: `00-${SENDER.traceId}-${SENDER.spanId}-01` });
  await send([event(3), event(4)]);
  await waitFor("two attempts", () => receiver.batches.length === 2);
  await waitFor("the batch's span", () => collector.named("batch").length === 1);
  await waitFor("its attempts' spans", () => collector.named("attempt").length === 2);
  await waitFor("both requests' spans", () => collector.named("POST /api/v1/events").length === 2);

  const requests = collector.named("POST /api/v1/events");
  const carried = requests.find(({ traceId }) => traceId === SENDER.traceId);
  expect(carried).toMatchObject({ service: "posthorn-api", kind: SERVER, parentSpanId: SENDER.spanId, isError: false });
  expect(carried?.attributes).toMatchObject({ "http.response.status_code": 200 });
  const appends = collector.named("append");
  expect(new Set(appends.map(({ parentSpanId }) => parentSpanId))).toEqual(
    new Set(requests.map(({ spanId }) => spanId)),
  );

  const [first, second] = collector.named("attempt").toSorted((a, b) => a.startMs - b.startMs);
  const [batch] = collector.named("batch");
  const batchId = receiver.batches[0]?.batchId ?? "";
  expect(batch).toMatchObject({ service: "posthorn-worker", traceId: batchId.replaceAll("-", ""), isError: false });
  expect(batch?.attributes).toMatchObject({
    "posthorn.batch": batchId,
    "posthorn.events": 4,
    "posthorn.fate": "delivered",
  });
  expect(batch?.parentSpanId).toBeUndefined();
  expect(batch?.startMs).toBeLessThan(first?.startMs ?? 0);
  for (const attempt of [first, second]) {
    expect(attempt).toMatchObject({ kind: CLIENT, traceId: batch?.traceId, parentSpanId: batch?.spanId });
    for (const append of appends) {
      expect(attempt?.links).toContainEqual({ traceId: append.traceId, spanId: append.spanId });
    }
  }
  expect([first?.isError, second?.isError]).toEqual([true, false]);
  expect(first?.attributes).toMatchObject({
    "posthorn.attempt": 1,
    "posthorn.outcome": "status_5xx",
    "posthorn.verdict": "retry",
  });

  // The target sees which attempt it is.
  const shown = receiver.batches.map(({ headers }) => headers["traceparent"]);
  expect(shown).toEqual([first, second].map((attempt) => `00-${attempt?.traceId}-${attempt?.spanId}-01`));

  // The job that led to the first one is in the trace of whoever added it, and linked too.
  const job = await waitFor("the job's span", () => collector.named("process fresh")[0]);
  expect(first?.links).toContainEqual({ traceId: job.traceId, spanId: job.spanId });
  expect(collector.spans.some(({ spanId, name }) => spanId === job.parentSpanId && name.startsWith("addBulk"))).toBe(
    true,
  );
  expect(collector.requests[0]).toMatchObject({ path: "/v1/traces", headers: { "x-tenant": "mail" } });

  const logged = stack?.workers[0]?.logs.find(({ event: name }) => name === "delivery.attempted");
  expect(logged?.["traceId"]).toBe(batch?.traceId);
}, 60_000);

test("an idle stack sends no spans, and a batch that is never delivered ends as an error", async () => {
  const { createWebhook, send } = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    RETRY_EXPIRY: "1s",
  });
  const id = await createWebhook(receiver.url);
  // BullMQ looks after stalled jobs every three seconds.
  const idleSinceMs = performance.now();
  await waitFor("four seconds of idling", () => performance.now() - idleSinceMs > 4_000);
  expect(collector.spans.map(({ name }) => name)).toEqual([]);
  receiver.answerWith(() => ({ status: 503 }));
  await send([event(1)]);
  const batch = await waitFor("the batch's span", () => collector.named("batch")[0], 20_000);
  expect(batch).toMatchObject({ isError: true, attributes: { "posthorn.fate": "expired", "posthorn.webhook": id } });
  expect(receiver.batches[0]?.headers["traceparent"]).toBeUndefined();
}, 60_000);

test("protobuf is what is sent unless told otherwise, and what the sampler leaves out is not sent", async () => {
  const { createWebhook, send, api } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/` });
  await createWebhook(receiver.url);
  await send([event(1)], { traceparent: `00-${SENDER.traceId}-${SENDER.spanId}-00` });
  await send([event(2)]);
  await waitFor("a delivery", () => receiver.batches.length > 0);
  const seen = (text: string): boolean => collector.requests.some(({ body }) => body.includes(text));
  await waitFor("spans", () => seen("posthorn-worker") && seen("POST /api/v1/events"));
  // A process that stops sends what it has.
  await api.kill("SIGTERM");
  expect(collector.requests.every(({ headers }) => headers["content-type"] === "application/x-protobuf")).toBe(true);
  expect(collector.requests.some(({ body }) => body.includes(Buffer.from(SENDER.traceId, "hex")))).toBe(false);
}, 60_000);

test("a collector that is away holds nothing up and is told of in the log", async () => {
  await collector.close();
  const { createWebhook, send, api, workers } = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_TIMEOUT: "300",
  });
  const { url } = collector;
  collector = await startOtlpCollector();
  expect(collector.url).not.toBe(url);
  await createWebhook(receiver.url);
  await send([event(1), event(2), event(3), event(4)]);
  await waitFor("the delivery", () => receiver.batches.length === 1);
  const failed = ({ event: name }: Record<string, unknown>): boolean => name === "tracing.failed";
  await waitFor("the log telling", () => workers[0]?.logs.some(failed), 20_000);
  await api.kill("SIGTERM");
  expect(await api.ended()).toBe(0);
  expect(api.logs.some(failed)).toBe(true);
}, 60_000);

test("without an endpoint no part of OpenTelemetry's SDK is loaded, and nothing is stored of traces", async () => {
  const { createWebhook, send, api, workers } = await start({ NODE_DEBUG: "module" });
  await createWebhook(receiver.url);
  await send([event(1)], { traceparent: `00-${SENDER.traceId}-${SENDER.spanId}-01` });
  await waitFor("the delivery", () => receiver.batches.length === 1);
  expect(receiver.batches[0]?.headers["traceparent"]).toBeUndefined();
  const loaded = [api, ...workers].flatMap(({ logs }) => logs).map(({ text }) => String(text));
  expect(loaded.some((line) => line.includes("@opentelemetry/api"))).toBe(true);
  expect(loaded.filter((line) => /@opentelemetry\/(?:sdk|exporter|otlp|core)|bullmq-otel/.test(line))).toEqual([]);
}, 60_000);
