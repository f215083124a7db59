import type { Server } from "node:http";
import { backlogWarning, describeBacklog, openTarget } from "@posthorn/core";
import type { SecretBox } from "@posthorn/core";
import { createDeliver, createGuard } from "@posthorn/delivery";
import type { Deliverer } from "@posthorn/delivery";
import {
  createProcessId,
  createWarnSparingly,
  shownProxy,
  createTracingPart,
  stopProcess,
  traceLostBatch,
} from "@posthorn/runtime";
import type { Log, Part, WorkerConfig } from "@posthorn/runtime";
import { checkSecret, openStore } from "@posthorn/store";
import type { Store } from "@posthorn/store";
import { startArchiver } from "./archive/archiver.ts";
import type { Archiver } from "./archive/archiver.ts";
import { startHealthServer } from "./health-server.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { createMetrics } from "./metrics.ts";
import { startNotifier } from "./notices/notifier.ts";
import type { Notifier } from "./notices/notifier.ts";
import { createPostNotice } from "./notices/post-notice.ts";
import { startPacker } from "./packer.ts";
import type { Packer } from "./packer.ts";
import { createRoom } from "./room.ts";
import { createSweep } from "./run-sweep.ts";
import { createAttemptTracing } from "./trace-attempts.ts";
import { watchConsumer } from "./watched-consumer.ts";
import { createWorker } from "./worker.ts";
import type { Worker } from "./worker.ts";

/** Longer than from one sweep to the next. */
const SWEEP_STUCK_AFTER_MS = 15_000;

interface PartsOptions {
  readonly config: WorkerConfig;
  readonly log: Log;
  readonly box: SecretBox;
}

/** What a worker process consists of, in the order of its start; what takes work stops first. */
export function workerParts({ config, log, box }: PartsOptions): Part[] {
  const processId = createProcessId();
  const room = createRoom(config.workerConcurrency);
  const metrics = createMetrics({ inFlight: room.taken, places: config.workerConcurrency });
  const warn = createWarnSparingly(log);
  const tracing = createTracingPart({ config: config.tracing, serviceName: "posthorn-worker", warn });
  let store: Store | undefined;
  let deliverer: Deliverer | undefined;
  let worker: Worker | undefined;
  let heartbeat: Heartbeat | undefined;
  let sweep: { close(): Promise<void> } | undefined;
  let packer: Packer | undefined;
  let archiver: Archiver | undefined;
  let notifier: Notifier | undefined;
  let server: Server | undefined;

  const storePart: Part = {
    name: "store",
    start: async () => {
      store = await openStore({
        address: config.redis,
        name: "posthorn-worker",
        limits: {
          maxEvents: config.batchMaxEvents,
          maxBytes: config.batchMaxBytes,
          maxWaitMs: config.batchMaxWaitMs,
          expiryMs: config.retryExpiryMs,
          concurrency: config.webhookConcurrency,
          probeMaxMs: config.probeIntervalMaxMs,
          notices: config.notify !== undefined,
        },
        backlog: { totalBytes: config.backlogMaxBytes, webhookBytes: config.webhookBacklogMaxBytes },
        durability: config.durability,
        onError: (error) => warn(error, "redis.failed"),
        onNewerLayout: (error) => stopProcess(error, log),
        traceQueues: config.tracing !== undefined,
        onNote: (note) => {
          const { kind, webhook, batch, events, attempts } = note;
          metrics.noted(kind);
          log[kind === "unarchived" ? "error" : "warn"]({ webhook, batch, events, attempts }, `batch.${kind}`);
          traceLostBatch(tracing.current(), note);
        },
        onClockJump: (byMs) => {
          metrics.clockJumped();
          log.warn({ byMs }, "redis.clock-jumped");
        },
        onSealed: metrics.sealed,
        onUntold: (notices) => warn(new Error("too many notices wait for NOTIFY_URL"), "notices.dropped", { notices }),
        onLostHints: (error, hints) => {
          metrics.jobsLost(hints.length);
          warn(error, "jobs.not-added", { jobs: hints.length });
        },
        take: (partition, reservation) => worker?.take(partition, reservation) === true,
      });
      const view = store.backlog.view();
      const warning = backlogWarning(view.limits);
      if (warning !== undefined) log.warn({ backlog: describeBacklog(view) }, warning);
      await checkSecret({ definitions: store.definitions, box });
    },
    stop: async () => store?.close(),
  };

  const deliveryPart: Part = {
    name: "delivery",
    start: async () => {
      if (config.egressProxy !== undefined) log.info({ proxy: shownProxy(config.egressProxy) }, "egress.proxy");
      deliverer = createDeliver({
        userAgent: config.userAgent,
        timeoutMs: config.deliveryTimeoutMs,
        guard: createGuard({ allow: config.targetAllow, ports: config.targetPorts }),
        ...(config.egressProxy === undefined ? {} : { proxy: config.egressProxy }),
        tokens: opened(store).tokenCache(box),
        onTokensAway: (error) => warn(error, "tokens.not-shared"),
      });
    },
    stop: async () => deliverer?.close(),
  };

  const heartbeatPart: Part = {
    name: "heartbeat",
    start: async () => {
      heartbeat = await startHeartbeat({ processes: opened(store).processes, processId, warn });
    },
    stop: async () => heartbeat?.stop(),
  };

  const archivePart: Part = {
    name: "archive",
    start: async () => {
      if (config.archive === undefined) return;
      const { definitions, openArchive } = opened(store);
      archiver = await startArchiver({
        settings: config.archive,
        archive: openArchive(processId),
        partitions: definitions.partitions,
        metrics,
        log,
        warn,
      });
    },
    stop: async () => archiver?.stop(),
  };

  const workerPart: Part = {
    name: "worker",
    start: async () => {
      worker = createWorker({
        store: opened(store),
        room,
        log,
        warn,
        metrics,
        attempt: {
          deliver: opened(deliverer).deliver,
          openTarget: (webhook, nowMs) => openTarget(webhook, box, nowMs),
          rules: {
            scheduleMs: config.retryScheduleMs,
            probeIntervalMaxMs: config.probeIntervalMaxMs,
            batchMaxBytes: config.batchMaxBytes,
          },
          random: Math.random,
          tracing: createAttemptTracing(tracing.current(), {
            batches: opened(store).batches,
            showsTargets: config.traceTargets,
          }),
          onAttempt: (attempt) => {
            const { partition, leased, isTargets } = attempt;
            metrics.attempted(attempt);
            if (!isTargets) return;
            const { webhook, events } = leased;
            opened(store).seriesRecorder.attempted({ partition, webhook }, { ...attempt, events });
          },
        },
      });
      await worker.start();
    },
    stop: async (signal) => worker?.stop(signal),
  };

  const packerPart: Part = {
    name: "packer",
    start: async () => {
      const { packing } = opened(store);
      packer = startPacker({ packing, partitions: opened(worker).partitions, warn });
    },
    stop: async () => packer?.stop(),
  };

  const noticesPart: Part = {
    name: "notices",
    start: async () => {
      if (config.notify === undefined) return;
      const { notices, definitions } = opened(store);
      notifier = startNotifier({
        notices,
        partitions: opened(worker).partitions,
        nameOf: async (webhook) => (await definitions.getForAttempt(webhook))?.name ?? null,
        post: createPostNotice(config.notify, config.userAgent),
        log,
        warn,
        onNotice: metrics.noticed,
      });
    },
    stop: async (signal) => notifier?.stop(signal),
  };

  const sweepPart: Part = {
    name: "sweep",
    start: async () => {
      const { definitions, pauseAll, sweeps } = opened(store);
      const refresh = (): void => {
        worker?.refreshPartitions().catch((error: unknown) => warn(error, "partitions.not-read"));
      };
      // A new webhook may be the first of its partition; the timer makes up for a hint that was missed.
      const unsubscribe = await definitions.onChange(refresh);
      const timer = setInterval(refresh, 5_000);
      const runSweep = createSweep({ definitions, pauseAll, log, warn });
      const onError = (error: unknown): void => warn(error, "sweep.failed");
      const consumer = watchConsumer({
        open: () => sweeps.join({ sweep: runSweep, onError }),
        jobsWait: sweeps.areLate,
        hasRoom: () => true,
        stuckAfterMs: SWEEP_STUCK_AFTER_MS,
        onRebuilt: (idledMs) => {
          metrics.queueRebuilt("sweep");
          log.warn({ lane: "sweep", idledMs }, "queue.rebuilt");
        },
        onError,
      });
      sweep = {
        close: async () => {
          clearInterval(timer);
          await unsubscribe();
          await consumer.close();
        },
      };
    },
    stop: async () => sweep?.close(),
  };

  const healthPart: Part = {
    name: "health",
    start: async () => {
      if (config.workerPort === 0) return;
      server = await startHealthServer({
        port: config.workerPort,
        host: config.host,
        registry: metrics.registry,
        metricsToken: config.metricsToken,
        readiness: async () => {
          const { inspect, backlog } = opened(store);
          const { durability, product } = await inspect();
          const ready = worker?.isWorking() === true;
          return {
            ready,
            details: {
              redis: product,
              durability,
              backlog: describeBacklog(backlog.view()),
              partitions: worker?.partitions() ?? [],
            },
          };
        },
      });
    },
    stop: async () => {
      server?.close();
      server?.closeAllConnections();
    },
  };

  return [
    tracing,
    storePart,
    deliveryPart,
    heartbeatPart,
    archivePart,
    sweepPart,
    workerPart,
    packerPart,
    noticesPart,
    healthPart,
  ];
}

function opened<T>(part: T | undefined): T {
  if (part === undefined) throw new Error("a part was used before its start");
  return part;
}
