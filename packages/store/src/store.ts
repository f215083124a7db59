import type { BacklogSettings, BacklogShare, Durability, SecretBox, Webhook } from "@posthorn/core";
import type { ApiKeys } from "./api-keys.ts";
import { createArchive } from "./archive.ts";
import type { Archive } from "./archive.ts";
import type { Append } from "./append-request.ts";
import { watchBacklog } from "./backlog.ts";
import type { Backlog } from "./backlog.ts";
import { createBatchListing } from "./batch-listing.ts";
import type { BatchListing } from "./batch-listing.ts";
import { createBatches } from "./batches.ts";
import type { Batches } from "./batches.ts";
import { createCallLimiter } from "./call-limiter.ts";
import type { CallLimiter } from "./call-limiter.ts";
import type { Durably } from "./confirmed-places.ts";
import { connect, connectToMaster } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { followMaster } from "./follow-master.ts";
import { createApiKeys } from "./redis-api-keys.ts";
import { createDefinitions } from "./redis-definitions.ts";
import type { Definitions } from "./definitions.ts";
import type { Idempotency } from "./idempotency.ts";
import { createIdempotency } from "./redis-idempotency.ts";
import { keepFor } from "./keep-for.ts";
import { createKeys } from "./keys.ts";
import type { Keys } from "./keys.ts";
import { prepareLayout, watchLayout } from "./layout.ts";
import { createLaneProducer, jobsWait, LANES } from "./lanes.ts";
import type { LaneQueue } from "./lanes.ts";
import { CALM_MS, LEASE_MS, RESERVATION_MS } from "./limits.ts";
import type { PartitionLimits } from "./limits.ts";
import type { Hint, Lane, Note, OverdueReservation, SealCounts } from "./partition-script.ts";
import { createLock } from "./lock.ts";
import type { Lock } from "./lock.ts";
import { isOneMaster, mastersOf } from "./masters.ts";
import { createNotices } from "./notices.ts";
import type { Notices } from "./notices.ts";
import { openAppend } from "./open-append.ts";
import type { OpenedAppend } from "./open-append.ts";
import { createPacking } from "./pack-cold.ts";
import type { Packing } from "./pack-cold.ts";
import type { PartitionContext } from "./partition-script.ts";
import { createPauseAll } from "./pause-all.ts";
import type { PauseAll } from "./pause-all.ts";
import { createProcesses } from "./processes.ts";
import type { Processes } from "./processes.ts";
import { createReadBacklogs } from "./read-backlogs.ts";
import type { ReadBacklogs } from "./read-backlogs.ts";
import { createQueueTelemetry } from "./queue-telemetry.ts";
import type { QueueTelemetry } from "./queue-telemetry.ts";
import { createRecords } from "./records.ts";
import type { Records } from "./records.ts";
import { inspectRedis, refuseClusterNode } from "./inspect.ts";
import type { RedisInspection } from "./inspect.ts";
import { isSentinel } from "./redis-address.ts";
import type { RedisAddress } from "./redis-address.ts";
import { watchRedisClock } from "./redis-clock.ts";
import type { ClockJump, RedisClock } from "./redis-clock.ts";
import { noteSeries } from "./scripts/note-series.ts";
import { noteTotalSeries } from "./scripts/note-total-series.ts";
import { createSeriesReader } from "./series.ts";
import type { SeriesReader } from "./series.ts";
import { startSeriesRecorder } from "./series-recorder.ts";
import type { SeriesRecorder } from "./series-recorder.ts";
import { createSessions } from "./sessions.ts";
import type { Sessions } from "./sessions.ts";
import { createSweeps } from "./sweep.ts";
import type { Sweeps } from "./sweep.ts";
import { createTokenCache } from "./token-cache.ts";
import type { TokenCache } from "./token-cache.ts";
import { readTokenLifeSeconds } from "./token-life.ts";
import { createReadStats } from "./webhook-stats.ts";
import type { ReadStats } from "./webhook-stats.ts";

/** Everything that remembers. Connections are made when it is opened and ended by `close`. */
export interface Store {
  readonly keys: Keys;
  /** For the consumers of its queues. */
  readonly telemetry: QueueTelemetry;
  readonly address: RedisAddress;
  readonly definitions: Definitions;
  /** Held while a file of definitions is applied, so that several processes do it one after the other. */
  readonly definitionsLock: Lock;
  readonly apiKeys: ApiKeys;
  readonly sessions: Sessions;
  readonly idempotency: Idempotency;
  readonly batches: Batches;
  readonly packing: Packing;
  /** `worker` tells the one that writes files from all others. */
  openArchive(worker: string): Archive;
  readonly pauseAll: PauseAll;
  /** Appends as `durability` wants it; throws when this Redis cannot do that, with what to do. */
  openAppend(): Promise<Append>;
  /** Why appends cannot be as durable as asked for now, with what to do; `undefined` = they can, as far as is known. */
  readonly appendRefusal: () => string | undefined;
  readonly backlog: Backlog;
  readonly clock: Pick<RedisClock, "nowMs">;
  readonly listing: BatchListing;
  readonly records: Records;
  readonly readStats: ReadStats;
  readonly series: SeriesReader;
  readonly seriesRecorder: SeriesRecorder;
  readonly readBacklogs: ReadBacklogs;
  readonly notices: Notices;
  readonly processes: Processes;
  readonly sweeps: Sweeps;
  /** Whether jobs of a lane can be taken now. */
  jobsWait(partition: number, lane: Lane): Promise<boolean>;
  /** The queues of all partitions in use, to look into. */
  laneQueues(): Promise<LaneQueue[]>;
  /** The OAuth2 tokens of targets, which only `box` can open. */
  tokenCache(box: SecretBox): TokenCache;
  /** For how many seconds a webhook's token was granted; `undefined` when it has none now. */
  tokenLifeSeconds(webhook: Pick<Webhook, "id" | "auth">): Promise<number | undefined>;
  /** Counts management calls, over all processes. */
  callLimiter(callsPerSecond: number): CallLimiter;
  /** What this Redis is and what an acknowledged event survives there, in words; seen within the last second. */
  inspect(): Promise<RedisInspection>;
  close(): Promise<void>;
}

interface StoreOptions {
  readonly address: RedisAddress;
  /** Starts every key; several Posthorns can share a Redis under different ones. */
  readonly namespace?: string;
  readonly limits: Omit<PartitionLimits, "leaseMs" | "reservationMs" | keyof BacklogShare>;
  /** What somebody set of the limits of the store. */
  readonly backlog?: Partial<BacklogSettings>;
  /** What an acknowledged event is to survive beyond what Redis does by itself. */
  readonly durability?: Durability;
  /** Shown in Redis' `CLIENT LIST`, e.g. `posthorn-api`. */
  readonly name: string;
  readonly onError: (error: Error) => void;
  /** Told once when a later release has changed the data in a way that this one does not know: it must stop. */
  readonly onNewerLayout?: (error: Error) => void;
  /** Jobs are traced, by what OpenTelemetry's API leads to. */
  readonly traceQueues?: boolean;
  readonly onNote?: (note: Note) => void;
  readonly onSealed?: (counts: SealCounts) => void;
  /** So many notices found no place, as when nobody has taken any for long. */
  readonly onUntold?: (notices: number) => void;
  /**
   * Told when the clock of Redis has jumped. Who does not ask for it is not trusted to delete anything for its expiry: a
   * time that only Redis knows may be wrong.
   */
  readonly onClockJump?: (byMs: number) => void;
  readonly onLostHints?: (error: unknown, hints: readonly Hint[]) => void;
  /** See `createBatches`. */
  readonly take?: (partition: number, reservation: OverdueReservation) => boolean;
}

/** Whoever asks for readiness needs no key, and each inspection is several commands. */
const INSPECTION_KEPT_MS = 1_000;

const AS_FOUND: Durability = { kind: "as-found" };

/** Connects to Redis and goes on trying until it answers. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { address, name, onError, onClockJump, limits, namespace = "posthorn", durability = AS_FOUND } = options;
  const followers = isSentinel(address) ? followMaster(address) : undefined;
  const open = (suffix = ""): RedisClient => {
    const connection = connect({ address, name: `${name}${suffix}`, onError });
    followers?.add(connection);
    return connection;
  };
  const redis = open();
  const disconnect = (): void => {
    followers?.close();
    redis.disconnect();
  };
  await untilConnected(redis);
  const keys = createKeys(namespace);
  const telemetry = options.traceQueues === true ? await createQueueTelemetry() : undefined;
  const producer = createLaneProducer({ redis, keys, onError, telemetry });
  let backlog: Backlog | undefined;
  let clock: RedisClock | undefined;
  let seriesRecorder: SeriesRecorder | undefined;
  const context: PartitionContext = {
    redis,
    keys,
    limits: { ...limits, leaseMs: LEASE_MS, reservationMs: RESERVATION_MS },
    share: (partition) => backlog?.share(partition),
    witnessMs: (partition) => (onClockJump === undefined ? undefined : clock?.partitionMs(partition)),
  };
  const onNote = (note: Note, partition: number): void => {
    // What waits has become less without an attempt.
    seriesRecorder?.touched({ partition, webhook: note.webhook });
    options.onNote?.(note);
  };
  const batches = createBatches({
    context,
    producer,
    onNote,
    onSealed: options.onSealed,
    onUntold: options.onUntold,
    onWaiting: (place) => seriesRecorder?.touched(place),
    onLostHints: options.onLostHints ?? (() => undefined),
    take: options.take,
    restore: (webhook, partition) => definitions.restore(webhook, partition),
  });
  let opened: OpenedAppend | undefined;
  const durably: Durably = (key, work) => (opened === undefined ? work(redis) : opened.durably(key, work));
  const definitions = createDefinitions({
    redis,
    keys,
    applier: {
      ...batches,
      configure: async (webhook, change) => {
        await pauseAll.tell(webhook.partition);
        await batches.configure(webhook, change);
      },
    },
    subscribe: () => open("-subscriber"),
    durably,
  });
  const pauseAll = createPauseAll({ context, partitions: definitions.partitions, durably });
  const processes = createProcesses({ redis, keys });
  const sweeps = createSweeps({ redis, address, keys });
  const afterClockJump = async ({ byMs, partition }: ClockJump): Promise<void> => {
    const isEverything = partition === undefined && isOneMaster(redis);
    const partitions = isEverything ? await definitions.partitions() : partition === undefined ? [] : [partition];
    for (const own of partitions) await batches.calm(own, CALM_MS);
    if (byMs > 0) return;
    for (const own of partitions) await batches.bringBack(own, -byMs);
    await sweeps.afterClockJump();
  };
  const afterClockJumps = async (jumps: readonly ClockJump[]): Promise<void> => {
    onClockJump?.(Math.max(...jumps.map(({ byMs }) => byMs)));
    for (const jump of jumps) await afterClockJump(jump);
  };
  try {
    await refuseClusterNode(redis);
    await prepareLayout({ redis, keys, processes, lock: createLock({ redis, key: keys.definitions.layoutLock }) });
    clock = await watchRedisClock({
      redis,
      keys,
      partitions: definitions.partitions,
      onError,
      ...(onClockJump === undefined ? {} : { onJumps: afterClockJumps }),
    });
    const { totalBytes, webhookBytes } = options.backlog ?? {};
    backlog = await watchBacklog({
      redis,
      keys,
      settings: { totalBytes, webhookBytes },
      partitions: definitions.partitions,
      onError,
    });
  } catch (error) {
    void clock?.stop();
    disconnect();
    throw error;
  }
  const watched = backlog;
  const watchedClock = clock;
  const recorder = startSeriesRecorder({
    write: (partition, flows) => noteSeries(redis, keys.partition(partition), flows),
    writeTotal: (flow, storedBytes) => noteTotalSeries(redis, keys.definitions, { flow, storedBytes }),
    storedBytes: () => watched.view().usedBytes,
    onError: (error) => onError(error instanceof Error ? error : new Error(String(error))),
  });
  seriesRecorder = recorder;
  const layoutWatch = watchLayout({ redis, keys, onNewer: options.onNewerLayout ?? onError, onError });
  return {
    keys,
    telemetry,
    address,
    definitions,
    definitionsLock: createLock({ redis, key: keys.definitions.lock }),
    apiKeys: createApiKeys({ redis, keys, durably }),
    sessions: createSessions({ redis, keys }),
    // On one Redis the record is written before the events, and so confirmed with them.
    idempotency: createIdempotency({ redis, keys, ...(isOneMaster(redis) ? {} : { durably }) }),
    batches,
    packing: createPacking(context),
    openArchive: (worker) => createArchive({ context, worker, onNote }),
    pauseAll,
    openAppend: async () => {
      opened = await openAppend({
        redis,
        keys,
        batches,
        durability,
        connect: async (master) => {
          if (!isOneMaster(redis)) return connectToMaster(master.redis, { name: `${name}-append`, onError });
          const connection = open("-append");
          await untilConnected(connection);
          return connection;
        },
        onError,
      });
      return opened.append;
    },
    appendRefusal: () => opened?.refusal(),
    backlog: watched,
    clock: watchedClock,
    listing: createBatchListing({ redis, keys }),
    records: createRecords(redis, keys),
    readStats: createReadStats({ redis, keys }),
    series: createSeriesReader({ redis, keys, nowMs: watchedClock.nowMs }),
    seriesRecorder: recorder,
    readBacklogs: createReadBacklogs({ context, partitions: definitions.partitions }),
    notices: createNotices(context),
    processes,
    sweeps,
    jobsWait: (partition, lane) => jobsWait({ redis, keys }, partition, lane),
    laneQueues: async () =>
      (await definitions.partitions()).flatMap((partition) =>
        LANES.map((lane) => ({ partition, lane, queue: producer.queue(partition, lane) })),
      ),
    tokenCache: (box) => createTokenCache({ redis, keys, box }),
    tokenLifeSeconds: (webhook) => readTokenLifeSeconds({ redis, keys }, webhook),
    callLimiter: (callsPerSecond) => createCallLimiter({ redis, keys, callsPerSecond }),
    inspect: keepFor(INSPECTION_KEPT_MS, () => inspectRedis(redis, durability)),
    close: async () => {
      layoutWatch.stop();
      await recorder.stop();
      await Promise.all([watched.stop(), watchedClock.stop()]);
      await batches.settled();
      await producer.close();
      opened?.close();
      disconnect();
    },
  };
}

/** ioredis goes on trying after a failed first connection; this waits for the first success. */
async function untilConnected(redis: RedisClient): Promise<void> {
  const ready = new Promise<void>((resolve) => redis.once("ready", resolve));
  await redis.connect().catch(() => undefined);
  if (redis.status !== "ready") await ready;
  if (isOneMaster(redis)) return;
  // What is sent while the connection to a master is being made fails.
  await Promise.allSettled(mastersOf(redis).map((master) => master.redis.ping()));
}
