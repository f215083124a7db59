import { Gauge } from "prom-client";
import type { Registry } from "prom-client";
import type { Backlogs, BacklogView, RedisInspection } from "@posthorn/store";
import { keepFor } from "@posthorn/store";
import { foldBacklogs } from "./fold-backlogs.ts";

/** What the store is asked for when somebody reads the metrics; all of it may fail, or not be there yet. */
export interface StoreMetricsDeps {
  readonly backlog: () => BacklogView | undefined;
  readonly readBacklogs: () => Promise<Backlogs>;
  readonly inspect: () => Promise<RedisInspection>;
  readonly countProcesses: () => Promise<{ readonly api: number; readonly workers: number }>;
  /** Since when everything is paused, by the clock of Redis; `undefined` = it is not. */
  readonly pausedSince: () => Promise<number | undefined>;
  /** By the clock of Redis. */
  readonly nowMs: () => number;
  /** So many webhooks with the largest back-logs have series of their own. */
  readonly webhooksShown: number;
}

/** However often, and by however many, the metrics are read. */
const READ_EVERY_MS = 5_000;

type Labels = Readonly<Record<string, string>>;
type Read = (set: (value: number, labels?: Labels) => void) => Promise<void> | void;

/**
 * Gauges of what all processes share: read when somebody scrapes, and then kept for a few seconds. While Redis is away
 * they have no value.
 */
export function registerStoreMetrics(registry: Registry, deps: StoreMetricsDeps): void {
  const { backlog, inspect, countProcesses, nowMs, webhooksShown } = deps;

  const gauge = (name: string, help: string, read: Read, labelNames: readonly string[] = []): void => {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames,
        registers: [],
        async collect() {
          const samples: (readonly [Labels, number])[] = [];
          try {
            await read((value, labels = {}) => samples.push([labels, value]));
          } catch {
            // Whoever needs a Redis that is away says so; posthorn_redis_up does here.
          }
          // All at once: somebody else may be reading the metrics.
          this.reset();
          // Without labels a reset means 0, which is not what nobody knows.
          if (labelNames.length === 0) this.remove();
          for (const [labels, value] of samples) this.set(labels, value);
        },
      }),
    );
  };

  gauge("posthorn_backlog_bytes", "What the store holds", (set) => {
    const view = backlog();
    if (view !== undefined) set(view.usedBytes);
  });
  gauge("posthorn_backlog_limit_bytes", "What it may hold before events are refused", (set) => {
    const view = backlog();
    if (view !== undefined) set(view.limits.totalBytes);
  });

  const look = keepFor(READ_EVERY_MS, async () =>
    foldBacklogs(await deps.readBacklogs(), { nowMs: nowMs(), shown: webhooksShown }),
  );
  gauge("posthorn_open_batches", "Batches that still collect", async (set) => set((await look()).openBatches));
  gauge("posthorn_backlog_batches", "Sealed batches that are not delivered yet", async (set) =>
    set((await look()).all.batches),
  );
  gauge("posthorn_backlog_events", "Events in sealed batches that are not delivered yet", async (set) =>
    set((await look()).all.events),
  );
  gauge(
    "posthorn_backlog_oldest_age_seconds",
    "Since when the oldest of these batches has been there; 0 = there is none",
    async (set) => set((await look()).all.oldestAgeSeconds),
  );
  const lookAtPause = keepFor(READ_EVERY_MS, deps.pausedSince);
  gauge("posthorn_everything_paused_seconds", "For how long everything has been paused; 0 = it is not", async (set) => {
    const sinceMs = await lookAtPause();
    set(sinceMs === undefined ? 0 : Math.max(nowMs() - sinceMs, 1) / 1_000);
  });
  gauge("posthorn_failing_webhooks", "Webhooks whose targets fail", async (set) => set((await look()).failingWebhooks));
  const perWebhook = (name: string, help: string, field: "events" | "bytes" | "oldestAgeSeconds"): void =>
    gauge(
      name,
      help,
      async (set) => {
        for (const [webhook, shown] of (await look()).byWebhook) set(shown[field], { webhook });
      },
      ["webhook"],
    );
  perWebhook(
    "posthorn_webhook_backlog_events",
    "The same events for the webhooks with the largest back-logs; `other` = all others",
    "events",
  );
  perWebhook("posthorn_webhook_backlog_bytes", "What these take in the store, as it is stored", "bytes");
  perWebhook(
    "posthorn_webhook_backlog_oldest_age_seconds",
    "Since when the oldest of these has been there",
    "oldestAgeSeconds",
  );

  gauge(
    "posthorn_processes",
    "Processes that have been heard of lately",
    async (set) => {
      const { api, workers } = await countProcesses();
      set(api, { service: "api" });
      set(workers, { service: "worker" });
    },
    ["service"],
  );
  gauge("posthorn_redis_up", "1 = Redis answers this process, 0 = it does not", async (set) =>
    inspect().then(
      () => set(1),
      () => set(0),
    ),
  );
  gauge("posthorn_redis_memory_used_bytes", "Memory that Redis uses", async (set) =>
    set((await inspect()).usedMemoryBytes),
  );
  gauge("posthorn_redis_memory_max_bytes", "Redis' maxmemory; 0 = it has none", async (set) =>
    set((await inspect()).maxMemoryBytes),
  );
  gauge(
    "posthorn_acknowledged_on_disk",
    "1 = events are on the disk of Redis when they are acknowledged",
    async (set) => {
      const { onDisk } = await inspect();
      if (onDisk !== undefined) set(onDisk ? 1 : 0);
    },
  );
  gauge(
    "posthorn_redis_replicas",
    "Replicas that are connected to the master, of several the one with the fewest",
    async (set) => set((await inspect()).persistence.replicas),
  );
}
