import type { Webhook, WebhookId } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import type { Keys, PartitionKeys } from "./keys.ts";
import { redisNowMs } from "./masters.ts";
import { asUnavailable } from "./unavailable.ts";

/** How a webhook stands, and what it has done since it was created. */
export interface WebhookStats {
  readonly id: WebhookId;
  /** In the batch that still collects. */
  readonly openEvents: number;
  /** Sealed batches that wait for their turn, those included that have just been handed to a worker. */
  readonly waitingBatches: number;
  /** Those that wait for a time of their own. */
  readonly scheduledBatches: number;
  readonly inFlightBatches: number;
  readonly pausedBatches: number;
  /** All that is sealed and not delivered yet; bytes as they will be sent. */
  readonly backlogEvents: number;
  readonly backlogBytes: number;
  /** When the oldest batch that waits for its turn was begun. */
  readonly oldestWaitingAtMs: number | null;
  readonly failingSinceMs: number | null;
  /** While it is failing: when one batch is tried at the latest; a new one may be tried before. */
  readonly nextProbeAtMs: number | null;
  /** The target asked for a pause until then, or its secrets cannot be opened. */
  readonly heldUntilMs: number | null;
  /** Its stored secrets cannot be opened since then. */
  readonly unreadableSinceMs: number | null;
  readonly deliveredBatches: number;
  readonly deliveredEvents: number;
  readonly failedAttempts: number;
  readonly expiredBatches: number;
  readonly overflowedBatches: number;
  readonly discardedBatches: number;
  readonly lastSuccessAtMs: number | null;
  readonly lastFailureAtMs: number | null;
}

/** Reads how webhooks stand; the work grows with their number, not with that of their batches. */
export type ReadStats = (webhooks: readonly Pick<Webhook, "id" | "partition">[]) => Promise<WebhookStats[]>;

/** Webhooks whose state is asked for together: some hundred kB of answers at a time. */
const WEBHOOKS_PER_READ = 500;

export function createReadStats({
  redis,
  keys,
  nowMs,
}: {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly nowMs?: () => number;
}): ReadStats {
  return async (webhooks) => {
    try {
      // Of one master, since a hold that ends is not told to the millisecond.
      const now = nowMs?.() ?? (await redisNowMs(redis, keys.definitions.version));
      const rows: WebhookStats[] = [];
      for (let index = 0; index < webhooks.length; index += WEBHOOKS_PER_READ) {
        const slice = webhooks.slice(index, index + WEBHOOKS_PER_READ);
        rows.push(
          ...(await Promise.all(slice.map(({ id, partition }) => readOne(redis, keys.partition(partition), id, now)))),
        );
      }
      return rows;
    } catch (error) {
      throw asUnavailable(error);
    }
  };
}

/** See the head of `partition.lua`. */
const FIELDS = [
  "on",
  "bn",
  "be",
  "by",
  "fs",
  "pd",
  "hu",
  "ur",
  "nd",
  "ed",
  "nf",
  "nx",
  "no",
  "dc",
  "ls",
  "lf",
] as const;

async function readOne(redis: RedisClient, names: PartitionKeys, id: WebhookId, nowMs: number): Promise<WebhookStats> {
  const values = await redis.hmget(names.webhook(id), ...FIELDS);
  const number = (field: (typeof FIELDS)[number]): number => Number(values[FIELDS.indexOf(field)]);
  const time = (field: (typeof FIELDS)[number]): number | null => number(field) || null;
  const heldUntilMs = number("hu");
  return {
    id,
    openEvents: number("on"),
    ...(number("bn") === 0 ? NOTHING_WAITS : await readWaiting(redis, names, id)),
    backlogEvents: number("be"),
    backlogBytes: number("by"),
    failingSinceMs: time("fs"),
    nextProbeAtMs: time("fs") === null ? null : time("pd"),
    heldUntilMs: heldUntilMs > nowMs ? heldUntilMs : null,
    unreadableSinceMs: time("ur"),
    deliveredBatches: number("nd"),
    deliveredEvents: number("ed"),
    failedAttempts: number("nf"),
    expiredBatches: number("nx"),
    overflowedBatches: number("no"),
    discardedBatches: number("dc"),
    lastSuccessAtMs: time("ls"),
    lastFailureAtMs: time("lf"),
  };
}

type Waiting = Pick<
  WebhookStats,
  "waitingBatches" | "scheduledBatches" | "inFlightBatches" | "pausedBatches" | "oldestWaitingAtMs"
>;

const NOTHING_WAITS: Waiting = {
  waitingBatches: 0,
  scheduledBatches: 0,
  inFlightBatches: 0,
  pausedBatches: 0,
  oldestWaitingAtMs: null,
};

async function readWaiting(redis: RedisClient, names: PartitionKeys, id: WebhookId): Promise<Waiting> {
  const [ready, scheduled, parked, slots, [oldest]] = await Promise.all([
    redis.zcard(names.ready(id)),
    redis.zcard(names.scheduled(id)),
    redis.zcard(names.parked(id)),
    redis.zrange(names.slots(id), "0", "-1"),
    redis.zrange(names.ready(id), "0", "0"),
  ]);
  const [states, createdAt] = await Promise.all([
    Promise.all(slots.map((batch) => redis.hget(names.batch(batch), "s"))),
    oldest === undefined ? null : redis.hget(names.batch(oldest), "c"),
  ]);
  return {
    waitingBatches: ready + states.filter((state) => state === "r").length,
    scheduledBatches: scheduled,
    inFlightBatches: states.filter((state) => state === "l").length,
    pausedBatches: parked,
    oldestWaitingAtMs: Number(createdAt) || null,
  };
}
