import { setTimeout as delay } from "node:timers/promises";
import { backlogLimits, backlogShare, totalOf } from "@posthorn/core";
import type { BacklogLimits, BacklogSettings, BacklogShare } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import { inspectMemory } from "./redis-memory.ts";
import { asUnavailable, StoreUnavailableError } from "./unavailable.ts";

/** How full the store was when it was looked at last. */
export interface BacklogView {
  readonly usedBytes: number;
  readonly limits: BacklogLimits;
}

/** Watches how full the store is. Scripts decide by what it saw last, and by the exact account of their own partition. */
export interface Backlog {
  readonly view: () => BacklogView;
  readonly share: (partition: number) => BacklogShare;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;
/** `maxmemory` may be changed while Redis runs. */
const READ_MEMORY_EVERY_LOOKS = 5;

/** Looks once, and from then on about every second. Throws when nothing tells how much the store may take in. */
export async function watchBacklog(deps: {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly settings: BacklogSettings;
  readonly partitions: () => Promise<readonly number[]>;
  readonly onError: (error: Error) => void;
}): Promise<Backlog> {
  const { redis, keys, settings, partitions, onError } = deps;
  const stopping = new AbortController();

  const readLimits = async (): Promise<BacklogLimits | undefined> =>
    backlogLimits(settings, await inspectMemory(redis));

  const readUsed = async (): Promise<ReadonlyMap<number, number>> => {
    const known = await partitions();
    const counted = await Promise.all(known.map((partition) => redis.hmget(keys.partition(partition).usage, "b", "r")));
    return new Map(
      known.map((partition, index) => [partition, Number(counted[index]?.[0]) + Number(counted[index]?.[1])]),
    );
  };

  const first = await readLimits();
  if (first === undefined) {
    throw new Error(
      "Redis tells neither its maxmemory nor its machine's memory: set BACKLOG_MAX_BYTES to what the store may take in",
    );
  }
  let limits = first;
  let used = await readUsed();

  const loop = async (): Promise<void> => {
    for (let looks = 1; !stopping.signal.aborted; looks++) {
      await delay(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      try {
        used = await readUsed();
        if (looks % READ_MEMORY_EVERY_LOOKS === 0) limits = (await readLimits()) ?? limits;
      } catch (error) {
        // Whoever needs a Redis that is away says so; what was seen last holds until it is back.
        const cause = asUnavailable(error);
        if (!(cause instanceof StoreUnavailableError))
          onError(cause instanceof Error ? cause : new Error(String(cause)));
      }
    }
  };
  const ended = loop();

  return {
    view: () => ({ usedBytes: totalOf(used), limits }),
    share: (partition) => backlogShare(limits, used, partition),
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}
