import { setMaxListeners } from "node:events";
import { hostname } from "node:os";
import type { Webhook } from "@posthorn/core";
import { consumeLane, LANES } from "@posthorn/store";
import type { Claim, Lane, LaneHandler, Store } from "@posthorn/store";
import type { Log, WarnSparingly } from "@posthorn/runtime";
import { makeAttempt } from "./attempt.ts";
import type { AttemptDeps, AttemptInput } from "./attempt.ts";
import type { WorkerMetrics } from "./metrics.ts";
import type { Place, Room } from "./room.ts";
import { createDirectTaker } from "./take-directly.ts";
import type { DirectTaker } from "./take-directly.ts";
import { startTicker } from "./ticker.ts";
import type { Ticker } from "./ticker.ts";
import { watchConsumer } from "./watched-consumer.ts";
import type { WatchedConsumer } from "./watched-consumer.ts";
import { createWebhookCache } from "./webhook-cache.ts";

export interface WorkerDeps {
  readonly store: Store;
  readonly room: Room;
  readonly log: Log;
  readonly warn: WarnSparingly;
  readonly metrics: Pick<WorkerMetrics, "queueRebuilt" | "queueTroubled">;
  readonly attempt: Omit<AttemptDeps, "batches" | "log" | "warn" | "deactivate">;
}

export interface Worker {
  start(): Promise<void>;
  /** Takes nothing more and resolves when the attempts in flight have ended; `signal` ends the patience. */
  stop(signal: AbortSignal): Promise<void>;
  /** Partitions may have come into use since: serves all of them from now on. */
  refreshPartitions(): Promise<void>;
  readonly take: DirectTaker["take"];
  readonly partitions: () => readonly number[];
  /** True while deadlines are looked at and every lane is served. */
  readonly isWorking: () => boolean;
}

/** A look at the deadlines that is older than this means that this worker has stopped working. */
const LOOK_AGE_MAX_MS = 5_000;
/** A lane that takes nothing for this long, although jobs wait and there is room for them, is built anew. */
const STUCK_AFTER_MS = 5_000;
/** A place is used so often for one webhook without a job; then the queue decides who goes on, so that workers share. */
const ATTEMPTS_ON_A_PLACE = 20;

type AttemptOn = Pick<AttemptInput, "partition" | "lane" | "viaJob">;
type ClaimedAttempt = Pick<AttemptInput, "leased" | "webhook">;

/** Binds the lanes of every partition to attempts. */
export function createWorker({ store, room, log, warn, metrics, attempt }: WorkerDeps): Worker {
  const cache = createWebhookCache(store.definitions);
  const released = new AbortController();
  // Each attempt under way listens to it.
  setMaxListeners(0, released.signal);
  const workerName = `${hostname()}:${process.pid}`;
  const consumers = new Map<number, WatchedConsumer[]>();
  let ticker: Ticker | undefined;

  const deactivate = async (webhook: Webhook, reason: string): Promise<void> => {
    log.warn({ webhook: webhook.id, reason }, "webhook.deactivated");
    for (let current: Webhook | undefined = webhook; current?.active === true;) {
      const changed: Webhook = { ...current, revision: current.revision + 1, active: false, inactiveReason: reason };
      const write = await store.definitions.update(changed, { drain: false });
      if (write.kind !== "conflict") return;
      current = await store.definitions.get(webhook.id);
    }
  };
  const deps: AttemptDeps = { ...attempt, batches: store.batches, log, warn, deactivate };

  let isStopping = false;

  /** Makes the attempt, and on the same place the webhook's next ones while nobody else needs it. Never throws. */
  const attemptAll = async ({ partition, lane, viaJob, ...first }: AttemptOn & ClaimedAttempt): Promise<void> => {
    let next: ClaimedAttempt | undefined = first;
    for (let left = ATTEMPTS_ON_A_PLACE - 1; next !== undefined; left--) {
      const { leased, webhook }: ClaimedAttempt = next;
      const nextFor = (): string | undefined =>
        left > 0 && !isStopping && room.mayKeep(lane, webhook.id) ? workerName : undefined;
      try {
        const input = { partition, lane, leased, webhook, signal: released.signal, nextFor };
        next = await claimed(
          partition,
          await makeAttempt(deps, { ...input, viaJob: viaJob && leased === first.leased }),
        );
      } catch (error) {
        log.error({ err: error, batch: leased.batch }, "attempt.crashed");
        return;
      }
    }
  };

  const claimed = async (partition: number, claim: Claim | undefined): Promise<ClaimedAttempt | undefined> => {
    if (claim?.kind !== "leased") return undefined;
    const webhook = await cache.get(claim.webhook, claim.revision);
    if (webhook !== undefined) return { leased: claim, webhook };
    // It is being deleted, or a Redis that took another one's place has lost its definition.
    await store.definitions.forgetUndefined(claim.webhook, partition);
    return undefined;
  };

  /** Claims a batch for the place that was found for its attempt, and begins the attempt. */
  const claim = async (place: Place, job: Parameters<LaneHandler>[0], viaJob: boolean): Promise<void> => {
    const { partition, lane, batch, attempt: number, hint } = job;
    try {
      const first = await claimed(
        partition,
        await store.batches.claim(partition, { batch, attempt: number, hint, worker: workerName }),
      );
      if (first === undefined) {
        place.release();
        return;
      }
      // The attempt goes on under its own lease and keeps its place.
      void attemptAll({ partition, lane, viaJob, ...first }).finally(() => place.release());
    } catch (error) {
      place.release();
      throw error;
    }
  };

  const handle: LaneHandler = async (job) => {
    // It was on its way when we stopped taking any: whoever has room takes it.
    if (isStopping) return "no-room";
    const place = room.tryTake(job.lane, job.webhook);
    if (place === "no-room" || place === "not-yet") return place;
    await claim(place, job, true);
    return "taken";
  };

  const direct = createDirectTaker({
    room,
    begin: (place, job) => {
      claim(place, job, false).catch((error: unknown) => warn(error, "claim.failed", { partition: job.partition }));
    },
  });

  const serve = (partition: number, lane: Lane): WatchedConsumer =>
    watchConsumer({
      open: async () =>
        consumeLane({
          address: store.address,
          keys: store.keys,
          partition,
          lane,
          handle,
          whenRoom: () => room.whenRoom(lane),
          onError: (error) => warn(error, "queue.failed", { lane, partition }),
          telemetry: store.telemetry,
          onTrouble: (trouble) => metrics.queueTroubled(lane, trouble),
        }),
      jobsWait: () => store.jobsWait(partition, lane),
      hasRoom: () => room.hasRoom(lane),
      stuckAfterMs: STUCK_AFTER_MS,
      onRebuilt: (idledMs) => {
        metrics.queueRebuilt(lane);
        log.warn({ lane, partition, idledMs }, "queue.rebuilt");
      },
      onError: (error) => warn(error, "queue.not-watched", { lane, partition }),
    });

  const refreshPartitions = async (): Promise<void> => {
    for (const partition of await store.definitions.partitions()) {
      if (isStopping || consumers.has(partition)) continue;
      log.info({ partition }, "partition.served");
      consumers.set(
        partition,
        LANES.map((lane) => serve(partition, lane)),
      );
    }
  };

  return {
    start: async () => {
      await refreshPartitions();
      ticker = startTicker({ batches: store.batches, partitions: () => [...consumers.keys()], warn });
    },
    stop: async (signal) => {
      isStopping = true;
      const release = (): void => released.abort(signal.reason);
      signal.addEventListener("abort", release);
      if (signal.aborted) release();
      direct.close();
      room.close();
      // All at once: whatever one of them waits for, none of them takes anything more.
      await Promise.all([ticker?.stop(), ...[...consumers.values()].flat().map((consumer) => consumer.close())]);
      await room.whenEmpty();
    },
    refreshPartitions,
    take: direct.take,
    partitions: () => [...consumers.keys()],
    isWorking: () =>
      ticker !== undefined &&
      performance.now() - ticker.lastLookMs() < LOOK_AGE_MAX_MS &&
      [...consumers.values()].flat().every((consumer) => consumer.isWorking()),
  };
}
