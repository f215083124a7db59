import { deploy } from "./support/deployment.ts";
import { createFlow } from "./support/flow.ts";
import type { Latencies } from "./support/flow.ts";

/** What healthy webhooks get beside one that fails, and while that drains its back-log. */
export interface DrainTurn {
  readonly without: Latencies;
  readonly beside: Latencies;
  readonly drainMs: number;
}

export interface DrainOptions {
  readonly workers: number;
  readonly turns: number;
  readonly turnMs: number;
  readonly requestsPerSecond: number;
  readonly backlog: number;
}

const HEALTHY = 50;
const DRAINING = HEALTHY + 1;
/** The number of the requests that make the back-log; no healthy webhook's. */
const BACKLOG = 0;
/** Batches that one of those makes. */
const PER_REQUEST = 100;

/** A webhook whose target comes back drains what has waited, while 50 others go on delivering. */
export async function drain(options: DrainOptions): Promise<DrainTurn[]> {
  const { workers, turns, turnMs, requestsPerSecond, backlog } = options;
  const deployment = await deploy(workers, { RETRY_SCHEDULE: "1s", PROBE_INTERVAL_MAX: "1s" });
  const { ports, createWebhook, send, turn, onArrival } = deployment;
  let drained = 0;
  onArrival((request) => {
    if (request === BACKLOG) drained++;
  });
  try {
    const healthy = Array.from({ length: HEALTHY }, (_, n) => n + 1);
    for (const subaccount of healthy) await createWebhook(subaccount, `http://127.0.0.1:${ports.well}/${subaccount}`);
    await createWebhook(DRAINING, `http://127.0.0.1:${ports.fail}/`);
    const flow = createFlow(deployment, { healthy, others: [], requestsPerSecond });
    await flow.measure(3_000);

    const measured: DrainTurn[] = [];
    for (let n = 0; n < turns; n++) {
      await turn(["fail"]);
      for (let sent = 0; sent < backlog; sent += PER_REQUEST) await send(BACKLOG, [DRAINING], PER_REQUEST);
      const without = await flow.measure(turnMs);
      const drainedBefore = drained;
      await turn([]);
      const startedAtMs = performance.now();
      const beside = await flow.measure(() => drained - drainedBefore >= backlog);
      const drainMs = performance.now() - startedAtMs;
      measured.push({ without, beside, drainMs });
    }
    return measured;
  } finally {
    await deployment.stop();
  }
}
