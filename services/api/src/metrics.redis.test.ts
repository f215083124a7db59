import { startApi } from "../../../test/support/api.ts";
import { freePort } from "../../../test/support/free-port.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import { event, freshDatabase } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { startWorker } from "../../../test/support/worker.ts";

/** The samples of a scrape, `name{labels}` → value. */
async function scrape(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

test("API and worker count what becomes of events, and the API tells what waits, for whom and since when", async () => {
  const redis = await freshDatabase();
  const env = { BATCH_MAX_EVENTS: "5", BATCH_MAX_WAIT: "500ms", METRICS_WEBHOOKS: "1" };
  const workerPort = await freePort();
  const workerUrl = `http://127.0.0.1:${workerPort}`;
  const [receiver, api] = [await startReceiver(), await startApi(redis, env)];
  const webhook = async (): Promise<string> => {
    const json = { name: "test", target: receiver.url, events: ["delivery"] };
    const { json: answer } = await api.request("POST", "/api/v1/webhooks", { json });
    return (answer.results as { id: string }).id;
  };
  const send = (count: number) =>
    api.request("POST", "/api/v1/events", { json: Array.from({ length: count }, (_, n) => event(n)) });
  await webhook();
  // Nobody works: what is sealed waits.
  await send(7);
  await api.request("POST", "/api/v1/events", { json: { no: "event" } });
  const waiting = await scrape(api.url);
  expect(Object.fromEntries(waiting)).toMatchObject({
    posthorn_events_accepted_total: 7,
    posthorn_events_unrouted_total: 0,
    'posthorn_ingest_rejected_total{reason="invalid"}': 1,
    posthorn_append_duration_seconds_count: 1,
    posthorn_open_batches: 1,
    posthorn_backlog_events: 5,
    posthorn_backlog_batches: 1,
    posthorn_everything_paused_seconds: 0,
    posthorn_redis_up: 1,
    'posthorn_batches_sealed_total{reason="full"}': 1,
    'posthorn_processes{service="worker"}': 0,
  });
  expect(waiting.get("posthorn_redis_memory_used_bytes")).toBeGreaterThan(100_000);
  expect([...waiting.keys()].filter((key) => key.startsWith("posthorn_webhook_backlog_events"))).toHaveLength(1);

  const worker = await startWorker(redis, { ...env, WORKER_PORT: String(workerPort) });
  try {
    await waitFor("both batches", () => receiver.batches.length === 2);
    const delivered = 'posthorn_attempts_total{lane="fresh",outcome="delivered"}';
    await waitFor("the second attempt being counted", async () => (await scrape(workerUrl)).get(delivered) === 2);
    expect(Object.fromEntries(await scrape(workerUrl))).toMatchObject({
      'posthorn_batches_sealed_total{reason="window"}': 1,
      posthorn_events_delivered_total: 7,
      posthorn_delivery_latency_seconds_count: 2,
      posthorn_first_attempt_delay_seconds_count: 2,
    });
    await waitFor(
      "the back-log being seen empty",
      async () => (await scrape(api.url)).get("posthorn_backlog_events") === 0,
      15_000,
    );
    expect((await scrape(api.url)).get("posthorn_open_batches")).toBe(0);
  } finally {
    await worker.stop();
    await Promise.all([api.stop(), receiver.close()]);
  }
});
