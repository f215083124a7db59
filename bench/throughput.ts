import { freePort } from "../test/support/free-port.ts";
import { startRedisServer } from "../test/support/redis-server.ts";
import { sendLoad } from "./support/load.ts";
import type { Load } from "./support/load.ts";
import { cpuSecondsOf, startBenchProcess, startService } from "./support/processes.ts";
import type { Measured } from "./support/processes.ts";

const BATCH_EVENTS = 10_000;
const API_KEY = "a key for measurements";

/** One system's figures of one run. */
export interface ThroughputRun {
  readonly eventsPerSecond: number;
  /** CPU-seconds per million events, by process. */
  readonly cpu: Readonly<Record<string, number>>;
}

/** From the first request to the last byte at the target. */
async function measure(
  load: Load,
  sink: Measured,
  processes: Readonly<Record<string, Pick<Measured, "cpuSeconds">>>,
  url: string,
): Promise<ThroughputRun> {
  const expectedBytes = load.deliveredBytes(BATCH_EVENTS);
  let receivedBytes = 0;
  const before = Object.fromEntries(Object.entries(processes).map(([name, one]) => [name, one.cpuSeconds()]));
  const startedAt = performance.now();
  const arrived = new Promise<number>((resolve) => {
    const count = (message: unknown): void => {
      receivedBytes += (message as { bytes: number }).bytes;
      if (receivedBytes < expectedBytes) return;
      sink.child.off("message", count);
      resolve(performance.now());
    };
    sink.child.on("message", count);
  });
  await sendLoad(load, url, API_KEY);
  const seconds = ((await arrived) - startedAt) / 1_000;
  const cpu = Object.entries(processes).map(([name, one]) => [
    name,
    (one.cpuSeconds() - (before[name] ?? 0)) / (load.events / 1_000_000),
  ]);
  return { eventsPerSecond: load.events / seconds, cpu: Object.fromEntries(cpu) };
}

export async function passThrough(load: Load): Promise<ThroughputRun> {
  const [sinkPort, port] = [await freePort(), await freePort()];
  const sink = await startBenchProcess("support/sink.ts", [String(sinkPort)]);
  const baseline = await startBenchProcess("baselines/pass-through.ts", [
    String(port),
    `http://127.0.0.1:${sinkPort}/`,
    String(BATCH_EVENTS),
  ]);
  try {
    return await measure(load, sink, { "pass-through": baseline }, `http://127.0.0.1:${port}`);
  } finally {
    await Promise.all([baseline.stop(), sink.stop()]);
  }
}

export async function posthorn(load: Load): Promise<ThroughputRun> {
  const [sinkPort, port, workerPort] = [await freePort(), await freePort(), await freePort()];
  const redis = await startRedisServer();
  const sink = await startBenchProcess("support/sink.ts", [String(sinkPort)]);
  const env = { REDIS_URL: redis.url, POSTHORN_API_KEY: API_KEY, POSTHORN_SECRET: "a secret", BATCH_MAX_BYTES: "64mb" };
  const url = `http://127.0.0.1:${port}`;
  const api = await startService("services/api/dist/main.js", { ...env, PORT: String(port) }, `${url}/readyz`);
  const worker = await startService(
    "services/worker/dist/main.js",
    { ...env, WORKER_PORT: String(workerPort) },
    `http://127.0.0.1:${workerPort}/readyz`,
  );
  try {
    await createWebhook(url, `http://127.0.0.1:${sinkPort}/`);
    return await measure(load, sink, { api, redis: { cpuSeconds: () => cpuSecondsOf(redis.pid()) }, worker }, url);
  } finally {
    await Promise.all([api.stop(), worker.stop(), sink.stop()]);
    await redis.remove();
  }
}

/** Every type that the events of a load have. */
const TYPES =
  "injection delivery delay bounce out_of_band spam_complaint open initial_open click list_unsubscribe link_unsubscribe".split(
    " ",
  );

async function createWebhook(url: string, target: string): Promise<void> {
  const response = await fetch(`${url}/api/v1/webhooks`, {
    method: "POST",
    headers: { authorization: API_KEY, "content-type": "application/json" },
    body: JSON.stringify({ name: "bench", target, events: TYPES }),
  });
  if (response.status !== 200) throw new Error(`the webhook was not created: ${await response.text()}`);
}
