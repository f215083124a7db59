import { hostname } from "node:os";
import type { Webhook } from "@posthorn/core";
import { consumeLane, LANES } from "@posthorn/store";
import type { LaneConsumer, LaneHandler, Store } from "@posthorn/store";
import type { Log } from "@posthorn/runtime";
import { makeAttempt } from "./attempt.ts";
import type { AttemptDeps } from "./attempt.ts";
import type { Room } from "./room.ts";
import { startTicker } from "./ticker.ts";
import type { Ticker } from "./ticker.ts";
import { createWebhookCache } from "./webhook-cache.ts";

export interface WorkerDeps {
  readonly store: Store;
  readonly room: Room;
  readonly log: Log;
  readonly attempt: Omit<AttemptDeps, "batches" | "log" | "deactivate">;
}

export interface Worker {
  start(): Promise<void>;
  /** Takes nothing more and resolves when the attempts in flight have ended; `signal` ends the patience. */
  stop(signal: AbortSignal): Promise<void>;
  /** Partitions may have come into use since: serves all of them from now on. */
  refreshPartitions(): Promise<void>;
  readonly partitions: () => readonly number[];
  /** True while deadlines are looked at and every lane is being read. */
  readonly isWorking: () => boolean;
}

/** A look at the deadlines that is older than this means that this worker has stopped working. */
const LOOK_AGE_MAX_MS = 5_000;

/** Binds the lanes of every partition to attempts. */
export function createWorker({ store, room, log, attempt }: WorkerDeps): Worker {
  const cache = createWebhookCache(store.definitions);
  const released = new AbortController();
  const workerName = `${hostname()}:${process.pid}`;
  const consumers = new Map<number, LaneConsumer[]>();
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
  const deps: AttemptDeps = { ...attempt, batches: store.batches, log, deactivate };

  let isStopping = false;
  const handle: LaneHandler = async ({ partition, lane, batch, attempt: number, hint }) => {
    // It was on its way when we stopped taking any: whoever has room takes it.
    if (isStopping) return "no-room";
    const place = room.tryTake(lane);
    if (place === undefined) return "no-room";
    try {
      const claim = await store.batches.claim(partition, { batch, attempt: number, hint, worker: workerName });
      const webhook = claim.kind === "leased" ? await cache.get(claim.webhook, claim.revision) : undefined;
      if (claim.kind !== "leased" || webhook === undefined) {
        place.release();
        return "taken";
      }
      // The job ends here; the attempt goes on under its own lease and keeps its place.
      makeAttempt(deps, { partition, lane, leased: claim, webhook, signal: released.signal })
        .catch((error: unknown) => log.error({ err: error, batch }, "attempt.crashed"))
        .finally(() => place.release());
      return "taken";
    } catch (error) {
      place.release();
      throw error;
    }
  };

  const refreshPartitions = async (): Promise<void> => {
    for (const partition of await store.definitions.partitions()) {
      if (isStopping || consumers.has(partition)) continue;
      log.info({ partition }, "partition.served");
      consumers.set(
        partition,
        LANES.map((lane) =>
          consumeLane({
            url: store.url,
            keys: store.keys,
            partition,
            lane,
            handle,
            whenRoom: () => room.whenRoom(lane),
            onError: (error) => log.warn({ err: error, lane, partition }, "queue.failed"),
          }),
        ),
      );
    }
  };

  return {
    start: async () => {
      await refreshPartitions();
      ticker = startTicker({ batches: store.batches, partitions: () => [...consumers.keys()], log });
    },
    stop: async (signal) => {
      isStopping = true;
      const release = (): void => released.abort(signal.reason);
      signal.addEventListener("abort", release);
      if (signal.aborted) release();
      room.close();
      // All at once: whatever one of them waits for, none of them takes anything more.
      await Promise.all([ticker?.stop(), ...[...consumers.values()].flat().map((consumer) => consumer.close())]);
      await room.whenEmpty();
    },
    refreshPartitions,
    partitions: () => [...consumers.keys()],
    isWorking: () =>
      ticker !== undefined &&
      performance.now() - ticker.lastLookMs() < LOOK_AGE_MAX_MS &&
      [...consumers.values()].flat().every((consumer) => consumer.isRunning()),
  };
}
