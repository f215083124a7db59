import { setTimeout as delay } from "node:timers/promises";
import { clockJumpMs, expectedClockMs } from "@posthorn/core";
import type { ClockReading } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import { asUnavailable, StoreUnavailableError } from "./unavailable.ts";

/** The one clock of all processes, as this one knows it: a wrong clock of this machine changes nothing. */
export interface RedisClock {
  /** Counted on from the last look by a clock that only runs forward. */
  readonly nowMs: () => number;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;

interface RedisClockOptions {
  readonly redis: RedisClient;
  /** Done before the new time is believed, and again if it throws. */
  readonly onJump?: ((byMs: number) => Promise<void>) | undefined;
  readonly onError: (error: Error) => void;
}

/** Looks at Redis' clock once, and from then on about every second. */
export async function watchRedisClock({ redis, onJump, onError }: RedisClockOptions): Promise<RedisClock> {
  const stopping = new AbortController();
  let known = await read(redis);

  const look = async (): Promise<void> => {
    const seen = await read(redis);
    const byMs = clockJumpMs(known, seen);
    if (byMs !== 0) await onJump?.(byMs);
    known = seen;
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
    nowMs: () => expectedClockMs(known, performance.now()),
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

async function read(redis: RedisClient): Promise<ClockReading> {
  const askedAtMs = performance.now();
  const [seconds, microseconds] = await redis.time();
  return {
    clockMs: Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000),
    askedAtMs,
    heardAtMs: performance.now(),
  };
}
