import { setTimeout as delay } from "node:timers/promises";
import { clockJumpMs, expectedClockMs } from "@posthorn/core";
import type { ClockReading } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import { isOneMaster, masterOf } from "./masters.ts";
import type { Master } from "./masters.ts";
import { asUnavailable, StoreUnavailableError } from "./unavailable.ts";

/** The one clock of all processes, as this one knows it: a wrong clock of this machine changes nothing. */
export interface RedisClock {
  /** Counted on from the last look by a clock that only runs forward. */
  readonly nowMs: () => number;
  /** The same where a partition lives; `undefined` = nobody has looked there yet. */
  readonly partitionMs: (partition: number) => number | undefined;
  stop(): Promise<void>;
}

/** Whose clock it is: that of a partition, or else of everything that is kept once, which on one Redis is everything. */
type Timed = number | "common";

export interface ClockJump {
  readonly byMs: number;
  /** `undefined`: of everything on one Redis; in a Cluster of what is kept once. */
  readonly partition: number | undefined;
}

const LOOK_EVERY_MS = 1_000;

interface RedisClockOptions {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly partitions: () => Promise<readonly number[]>;
  /** Done before the new times are believed, and again if it throws. */
  readonly onJumps?: ((jumps: readonly ClockJump[]) => Promise<void>) | undefined;
  readonly onError: (error: Error) => void;
}

/**
 * Looks at Redis' clock once, and from then on about every second. A failover may lead to a master with another clock,
 * and the masters of a Cluster have one each.
 */
export async function watchRedisClock(options: RedisClockOptions): Promise<RedisClock> {
  const { redis, keys, partitions, onJumps, onError } = options;
  const stopping = new AbortController();
  const isOne = isOneMaster(redis);
  const known = new Map<Timed, ClockReading>();

  const look = async (): Promise<void> => {
    const timed: readonly Timed[] = isOne ? ["common"] : ["common", ...(await partitions())];
    const keyOf = (of: Timed): string => (of === "common" ? keys.definitions.version : keys.partition(of).base);
    const seen = await readAll(redis, new Map(timed.map((of) => [of, keyOf(of)])));
    const jumps = [...seen.readings].flatMap(([of, reading]) => {
      const before = known.get(of);
      const byMs = before === undefined ? 0 : clockJumpMs(before, reading);
      return byMs === 0 ? [] : [{ byMs, partition: of === "common" ? undefined : of }];
    });
    if (jumps.length > 0) await onJumps?.(jumps);
    for (const [of, reading] of seen.readings) known.set(of, reading);
    if (seen.errors.length > 0) throw seen.errors[0];
  };

  await look().catch((error: unknown) => {
    if (!known.has("common")) throw error;
  });
  const expectedMs = (of: Timed): number | undefined => {
    const reading = known.get(isOne ? "common" : of);
    return reading === undefined ? undefined : expectedClockMs(reading, performance.now());
  };

  const loop = async (): Promise<void> => {
    for (;;) {
      await delay(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      try {
        await look();
      } catch (error) {
        // Whoever needs a Redis that is away says so.
        const cause = asUnavailable(error);
        if (!(cause instanceof StoreUnavailableError))
          onError(cause instanceof Error ? cause : new Error(String(cause)));
      }
    }
  };
  const ended = loop();

  return {
    nowMs: () => expectedMs("common") ?? Number.NaN,
    partitionMs: expectedMs,
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

/** Asks each master once; what lies on one that is away is left out. */
async function readAll(
  redis: RedisClient,
  keys: ReadonlyMap<Timed, string>,
): Promise<{ readonly readings: ReadonlyMap<Timed, ClockReading>; readonly errors: readonly unknown[] }> {
  const asked = new Map<string, Promise<ClockReading>>();
  const readings = new Map<Timed, ClockReading>();
  const errors: unknown[] = [];
  const readOne = async (of: Timed, key: string): Promise<void> => {
    try {
      const master = masterOf(redis, key);
      const reading = asked.get(master.place) ?? read(master);
      asked.set(master.place, reading);
      readings.set(of, await reading);
    } catch (error) {
      errors.push(error);
    }
  };
  await Promise.all([...keys].map(([of, key]) => readOne(of, key)));
  return { readings, errors };
}

async function read({ redis }: Master): Promise<ClockReading> {
  const askedAtMs = performance.now();
  const [seconds, microseconds] = await redis.time();
  return {
    clockMs: Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000),
    askedAtMs,
    heardAtMs: performance.now(),
  };
}
