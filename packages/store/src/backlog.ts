import { setTimeout as delay } from "node:timers/promises";
import { backlogLimits, backlogShare, totalOf, viewBacklog } from "@posthorn/core";
import type { BacklogLimits, BacklogSettings, BacklogShare, BacklogView } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import { isOneMaster, masterOf, mastersOf } from "./masters.ts";
import type { Master } from "./masters.ts";
import { inspectMemory } from "./redis-memory.ts";
import { asUnavailable, StoreUnavailableError } from "./unavailable.ts";

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

  /** By the places of the masters; a limit of the whole store is one of each of them. */
  let limits: ReadonlyMap<string, BacklogLimits> = new Map();
  /** By place, then by partition. */
  let used: ReadonlyMap<string, ReadonlyMap<number, number>> = new Map();
  const places = new Map<number, string>();

  const readLimits = async (): Promise<void> => {
    const found = new Map<string, BacklogLimits>();
    const readOne = async ({ place, redis: master }: Master): Promise<void> => {
      const known = limits.get(place);
      try {
        const own = backlogLimits(settings, await inspectMemory(master)) ?? known;
        if (own !== undefined) found.set(place, own);
      } catch (error) {
        if (known !== undefined) found.set(place, known);
        throw error;
      }
    };
    const results = await Promise.allSettled(mastersOf(redis).map(readOne));
    if (found.size > 0) limits = found;
    throwFirst(results);
  };

  const readUsed = async (): Promise<void> => {
    const known = await partitions();
    const counted = await Promise.allSettled(
      known.map((partition) => redis.hmget(keys.partition(partition).usage, "b", "r")),
    );
    const found = new Map(mastersOf(redis).map(({ place }) => [place, new Map<number, number>()]));
    for (const [index, partition] of known.entries()) {
      const before = places.get(partition) ?? "";
      const place = placeOf(partition);
      const here = found.get(place) ?? new Map<number, number>();
      const result = counted[index];
      const bytes =
        result?.status === "fulfilled"
          ? Number(result.value[0]) + Number(result.value[1])
          : (used.get(before)?.get(partition) ?? 0);
      here.set(partition, bytes);
      found.set(place, here);
    }
    // A master that is away keeps nobody from looking at the others.
    used = found;
    throwFirst(counted);
  };

  /** Where a partition was seen last. */
  const placeOf = (partition: number): string => {
    try {
      places.set(partition, masterOf(redis, keys.partition(partition).base).place);
    } catch {
      // Its master is away.
    }
    return places.get(partition) ?? "";
  };

  const anyLimits = (): BacklogLimits => {
    const [first] = limits.values();
    if (first !== undefined) return first;
    throw new Error(
      "Redis tells neither its maxmemory nor its machine's memory: set BACKLOG_MAX_BYTES to what the store may take in",
    );
  };

  try {
    await readLimits();
    await readUsed();
  } catch (error) {
    // A Cluster serves what its other masters have.
    if (isOneMaster(redis) || limits.size === 0) throw error;
  }
  anyLimits();

  const loop = async (): Promise<void> => {
    for (let looks = 1; !stopping.signal.aborted; looks++) {
      await delay(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      try {
        await readUsed();
        const isNewMaster = [...used.keys()].some((place) => !limits.has(place));
        if (isNewMaster || looks % READ_MEMORY_EVERY_LOOKS === 0) await readLimits();
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
    view: () => {
      const [first, ...others] = [...limits].map(([place, own]) => ({
        usedBytes: totalOf(used.get(place) ?? new Map()),
        limits: own,
      }));
      return viewBacklog([first ?? { usedBytes: 0, limits: anyLimits() }, ...others]);
    },
    share: (partition) => {
      const place = places.get(partition) ?? placeOf(partition);
      return backlogShare(limits.get(place) ?? anyLimits(), used.get(place) ?? new Map(), partition);
    },
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
