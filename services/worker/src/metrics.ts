import { Counter, Gauge, Histogram } from "prom-client";
import { createSharedMetrics } from "@posthorn/runtime";
import type { SharedMetrics } from "@posthorn/runtime";
import type { Lane } from "@posthorn/store";
import type { EndedAttempt } from "./attempt.ts";

export interface WorkerMetrics extends SharedMetrics {
  attempted(attempt: EndedAttempt): void;
  clockJumped(): void;
  queueRebuilt(queue: string): void;
  queueTroubled(queue: string, trouble: "stalled" | "lock-lost"): void;
  noticed(result: string): void;
  archived(): void;
  archiveFailed(): void;
}

interface WorkerMetricsDeps {
  readonly inFlight: () => Readonly<Record<Lane, number>>;
  readonly places: number;
}

/** From what a window and a target in the same rack take to the expiry. */
const LATENCY_BUCKETS_S = [0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 35, 45, 60, 120, 300, 900, 1_800, 3_600, 7_200, 14_400];

/** The worker's Prometheus metrics; labels have few values, however many webhooks there are. */
export function createMetrics({ inFlight, places }: WorkerMetricsDeps): WorkerMetrics {
  const shared = createSharedMetrics();
  const registers = [shared.registry];
  const attempts = new Counter({
    name: "posthorn_attempts_total",
    help: "Attempts by lane and outcome",
    labelNames: ["lane", "outcome"],
    registers,
  });
  const duration = new Histogram({
    name: "posthorn_attempt_duration_seconds",
    help: "Wall-clock time of an attempt",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 15],
    registers,
  });
  const wait = new Histogram({
    name: "posthorn_first_attempt_delay_seconds",
    help: "From the closing of a batch to the start of its first attempt",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800],
    registers,
  });
  const latency = new Histogram({
    name: "posthorn_delivery_latency_seconds",
    help: "From the first event of a batch to the batch's delivery",
    buckets: LATENCY_BUCKETS_S,
    registers,
  });
  const events = new Counter({
    name: "posthorn_events_delivered_total",
    help: "Events in delivered batches",
    registers,
  });
  const bytes = new Counter({ name: "posthorn_delivered_bytes_total", help: "Bodies of delivered batches", registers });
  const clockJumps = new Counter({
    name: "posthorn_redis_clock_jumps_total",
    help: "Jumps of the clock of Redis, by more than 30 s",
    registers,
  });
  const rebuilds = new Counter({
    name: "posthorn_queue_rebuilds_total",
    help: "Queues that took nothing while jobs waited, and were built anew",
    labelNames: ["queue"],
    registers,
  });
  const troubles = new Counter({
    name: "posthorn_queue_troubles_total",
    help: "Jobs that BullMQ found stalled, or whose locks it could not keep",
    labelNames: ["queue", "trouble"],
    registers,
  });
  const notices = new Counter({
    name: "posthorn_notices_total",
    help: "Notices to NOTIFY_URL: told, tries that failed, and given up",
    labelNames: ["result"],
    registers,
  });
  const archived = new Counter({
    name: "posthorn_batches_archived_total",
    help: "Batches that were given up and are in files of ARCHIVE_DIR",
    registers,
  });
  const archiveFailures = new Counter({
    name: "posthorn_archive_failures_total",
    help: "Files of ARCHIVE_DIR that could not be written",
    registers,
  });
  shared.registry.registerMetric(
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
  new Gauge({
    name: "posthorn_attempts_in_flight_max",
    help: "Attempts that this process may have under way (WORKER_CONCURRENCY)",
    registers,
  }).set(places);
  return {
    ...shared,
    attempted: ({ lane, leased, outcome, latencyMs, nowMs }) => {
      attempts.inc({ lane, outcome });
      duration.observe(latencyMs / 1_000);
      if (leased.attempt === 1) wait.observe(Math.max(0, leased.nowMs - leased.sealedAtMs) / 1_000);
      if (outcome !== "delivered") return;
      latency.observe(Math.max(0, nowMs - leased.createdAtMs) / 1_000);
      events.inc(leased.events);
      bytes.inc(leased.bodyBytes);
    },
    clockJumped: () => clockJumps.inc(),
    queueRebuilt: (queue) => rebuilds.inc({ queue }),
    queueTroubled: (queue, trouble) => troubles.inc({ queue, trouble }),
    noticed: (result) => notices.inc({ result }),
    archived: () => archived.inc(),
    archiveFailed: () => archiveFailures.inc(),
  };
}
