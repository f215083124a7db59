import { fsyncRefusal } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import { inspectRedis } from "./inspect.ts";
import { StoreUnavailableError } from "./unavailable.ts";

/** Watches whether Redis still writes to disk before it answers, as it was found to do. */
export interface FsyncWatch {
  /** Throws `StoreUnavailableError`, with what to do, while it does not, or while nobody knows. */
  check(): Promise<void>;
  readonly refusal: () => string | undefined;
  stop(): void;
}

const LOOK_EVERY_MS = 5_000;

/** Looks every few seconds, and at every new connection before anything is written there: it may lead to another Redis. */
export function watchFsync(deps: {
  readonly redis: RedisClient;
  readonly onError: (error: Error) => void;
}): FsyncWatch {
  const { redis, onError } = deps;
  let losses = 0;
  let seenAfterLosses = 0;
  let refusal: string | undefined;
  let looking: Promise<void> | undefined;

  const onClose = (): void => {
    losses += 1;
  };
  redis.on("close", onClose);
  // Each new connection to a node of a Cluster is told with this.
  redis.on("+node", onClose);

  const inspect = async (): Promise<void> => {
    const lossesBefore = losses;
    const { persistence } = await inspectRedis(redis);
    refusal = fsyncRefusal(persistence);
    seenAfterLosses = lossesBefore;
  };
  const look = (): Promise<void> => {
    looking ??= inspect().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => {
      // Whoever needs a Redis that is away says so.
      if (!(error instanceof StoreUnavailableError)) onError(error instanceof Error ? error : new Error(String(error)));
    });
  }, LOOK_EVERY_MS);

  return {
    check: async () => {
      while (seenAfterLosses !== losses) await look();
      if (refusal !== undefined) throw new StoreUnavailableError(refusal);
    },
    refusal: () => refusal,
    stop: () => {
      clearInterval(timer);
      redis.off("close", onClose);
      redis.off("+node", onClose);
    },
  };
}
