import { setTimeout as delay } from "node:timers/promises";
import type { Confirmation } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import { StoreUnavailableError } from "./unavailable.ts";

/** Does work on a connection of its own and waits there until what was written is confirmed. */
export interface ConfirmedAppends {
  /** Rejects with `StoreUnavailableError` when it is not confirmed in time; whether it will be is then unknown. */
  run<T>(work: (redis: RedisClient) => Promise<T>): Promise<T>;
  close(): void;
}

interface ConfirmedAppendsOptions {
  readonly confirmation: Extract<Confirmation, { kind: "fsync" | "replicas" }>;
  /** Makes a connection that nobody else uses. */
  readonly connect: () => Promise<RedisClient>;
}

/**
 * `WAIT` and `WAITAOF` block their connection, so what comes at about the same time shares one wait: how many appends
 * there can be does not depend on how long a wait lasts.
 */
const CONNECTIONS = 4;
const WAIT_MAX_MS = 2_000;
/**
 * Where waits are long, as under `appendfsync everysec`, a connection gathers before it waits: for so long that the others
 * are not all waiting when the next append comes, which would have to wait twice.
 */
const GATHER_MAX_MS = 250;
/** Shorter is not worth a timer. */
const GATHER_MIN_MS = 5;

/** What is done on one connection under one wait. */
interface Round {
  readonly begun: Promise<RedisClient>;
  readonly works: Promise<unknown>[];
  readonly confirmed: Promise<void>;
}

export async function createConfirmedAppends(options: ConfirmedAppendsOptions): Promise<ConfirmedAppends> {
  const { confirmation, connect } = options;
  const all = await connectAll(connect);
  const losses = new Map(all.map((redis) => [redis, 0]));
  for (const redis of all) redis.on("close", () => losses.set(redis, (losses.get(redis) ?? 0) + 1));
  const free = [...all];
  let gathering: Round | undefined;
  let onFree: ((redis: RedisClient) => void) | undefined;
  let lastWaitMs = 0;

  const take = (): Promise<RedisClient> => {
    const redis = free.shift();
    return redis === undefined ? new Promise((resolve) => (onFree = resolve)) : Promise.resolve(redis);
  };
  const release = (redis: RedisClient): void => {
    if (onFree === undefined) free.push(redis);
    else onFree(redis);
    onFree = undefined;
  };

  const drive = async (begun: Promise<RedisClient>, works: readonly Promise<unknown>[]): Promise<void> => {
    const redis = await begun;
    const lossesBefore = losses.get(redis);
    const gatherMs = Math.min(GATHER_MAX_MS, lastWaitMs / CONNECTIONS);
    if (gatherMs >= GATHER_MIN_MS) await delay(gatherMs);
    gathering = undefined;
    await Promise.allSettled(works);
    const waitsSinceMs = performance.now();
    try {
      // On a new connection, perhaps to a new master, nothing was written that could be waited for.
      if (losses.get(redis) !== lossesBefore) throw new StoreUnavailableError("the connection was lost");
      await confirm(redis, confirmation);
    } finally {
      lastWaitMs = performance.now() - waitsSinceMs;
      release(redis);
    }
  };

  const openRound = (): Round => {
    const works: Promise<unknown>[] = [];
    const begun = take();
    const confirmed = drive(begun, works);
    // Nobody asks for it where all works have failed.
    confirmed.catch(() => undefined);
    return { begun, works, confirmed };
  };

  return {
    run: async (work) => {
      const { begun, works, confirmed } = (gathering ??= openRound());
      const result = begun.then(work);
      works.push(result);
      const value = await result;
      await confirmed;
      return value;
    },
    close: () => {
      for (const redis of all) redis.disconnect();
    },
  };
}

/** All or none. */
async function connectAll(connect: ConfirmedAppendsOptions["connect"]): Promise<RedisClient[]> {
  const results = await Promise.allSettled(Array.from({ length: CONNECTIONS }, connect));
  const connected = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failed = results.find((result) => result.status === "rejected");
  if (failed === undefined) return connected;
  for (const redis of connected) redis.disconnect();
  throw failed.reason;
}

async function confirm(redis: RedisClient, confirmation: ConfirmedAppendsOptions["confirmation"]): Promise<void> {
  try {
    switch (confirmation.kind) {
      case "fsync": {
        const [local] = (await redis.call("WAITAOF", 1, 0, WAIT_MAX_MS)) as [number];
        if (local < 1) throw new Error("its disk did not confirm a write in time (DURABILITY=fsync)");
        return;
      }
      case "replicas": {
        const { replicas } = confirmation;
        const reached = await redis.wait(replicas, WAIT_MAX_MS);
        if (reached >= replicas) return;
        throw new Error(
          `${reached} of ${replicas} replicas confirmed a write in time (DURABILITY=replica:${replicas})`,
        );
      }
    }
  } catch (error) {
    throw new StoreUnavailableError(error);
  }
}
