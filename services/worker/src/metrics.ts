import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Lane } from "@posthorn/store";

export interface WorkerMetrics {
  readonly registry: Registry;
  attempted(lane: string, outcome: string, latencyMs: number): void;
  noted(kind: string): void;
  clockJumped(): void;
}

/** The worker's Prometheus metrics; labels have few values, however many webhooks there are. */
export function createMetrics(inFlight: () => Readonly<Record<Lane, number>>): WorkerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const attempts = new Counter({
    name: "posthorn_attempts_total",
    help: "Attempts by lane and outcome",
    labelNames: ["lane", "outcome"],
    registers: [registry],
  });
  const duration = new Histogram({
    name: "posthorn_attempt_duration_seconds",
    help: "Wall-clock time of an attempt",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 15],
    registers: [registry],
  });
  const notes = new Counter({
    name: "posthorn_batches_total",
    help: "Batches that expired, overflowed or were split, or whose lease was lost",
    labelNames: ["happening"],
    registers: [registry],
  });
  const clockJumps = new Counter({
    name: "posthorn_redis_clock_jumps_total",
    help: "Jumps of the clock of Redis, by more than 30 s",
    registers: [registry],
  });
  registry.registerMetric(
    new Gauge({
      name: "posthorn_attempts_in_flight",
      help: "Attempts under way in this process",
      labelNames: ["lane"],
      registers: [],
      collect() {
        for (const [lane, count] of Object.entries(inFlight())) this.set({ lane }, count);
      },
    }),
  );
  return {
    registry,
    attempted: (lane, outcome, latencyMs) => {
      attempts.inc({ lane, outcome });
      duration.observe(latencyMs / 1_000);
    },
    noted: (happening) => notes.inc({ happening }),
    clockJumped: () => clockJumps.inc(),
  };
}
