import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { RedisClient } from "./connect.ts";
import { deleteIfEqual } from "./scripts/delete-if-equal.ts";
import { extendIfEqual } from "./scripts/extend-if-equal.ts";
import { takeLock } from "./take-lock.ts";
import { StoreUnavailableError } from "./unavailable.ts";

/** A right that one process has at a time. */
export interface Lock {
  /**
   * Waits for the right, and does the work with it. `lost` aborts when the right could not be kept, because Redis was
   * away for long: the work must then begin nothing more.
   */
  hold<T>(options: HoldOptions, work: (lost: AbortSignal) => Promise<T>): Promise<Held<T>>;
}

export type Held<T> =
  | { readonly kind: "held"; readonly value: T }
  /** Somebody else had it all the time. */
  | { readonly kind: "busy" };

interface HoldOptions {
  readonly patienceMs: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/** For so long a process that died keeps others waiting. */
const LIFE_MS = 10_000;
const EXTEND_EVERY_MS = 2_000;
const LOOK_EVERY_MS = 50;

interface LockOptions {
  readonly redis: RedisClient;
  readonly key: string;
  readonly lifeMs?: number;
  readonly extendEveryMs?: number;
}

export function createLock({ redis, key, lifeMs = LIFE_MS, extendEveryMs = EXTEND_EVERY_MS }: LockOptions): Lock {
  /** Prolongs the right until `signal` aborts, or it is lost. */
  const keep = async (holder: string, signal: AbortSignal, lost: AbortController): Promise<void> => {
    let keptAtMs = performance.now();
    for (;;) {
      await delay(extendEveryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const askedAtMs = performance.now();
      // While Redis is away nobody else can take it either; what counts is the life that it gave last.
      const isOurs = await extendIfEqual(redis, key, holder, lifeMs).catch(() => undefined);
      if (isOurs === true) keptAtMs = askedAtMs;
      if (isOurs !== false && performance.now() - keptAtMs <= lifeMs) continue;
      lost.abort(new StoreUnavailableError(`the lock ${key} was lost`));
      return;
    }
  };

  return {
    hold: async ({ patienceMs, signal }, work) => {
      const holder = randomUUID();
      const deadlineMs = performance.now() + patienceMs;
      while (!(await takeLock(redis, key, holder, lifeMs))) {
        if (performance.now() > deadlineMs) return { kind: "busy" };
        await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
        if (signal?.aborted === true) return { kind: "busy" };
      }
      const done = new AbortController();
      const lost = new AbortController();
      const keeping = keep(holder, done.signal, lost);
      try {
        return { kind: "held", value: await work(lost.signal) };
      } finally {
        done.abort();
        await keeping;
        // Who cannot give it back lets it run out.
        await deleteIfEqual(redis, key, holder).catch(() => undefined);
      }
    },
  };
}
