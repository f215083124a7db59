import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import { redisNowMs } from "./masters.ts";
import { noteWorker } from "./scripts/note-worker.ts";
import { asUnavailable, guarded } from "./unavailable.ts";

/** How often a worker says that it lives. */
export const WORKER_BEATS_EVERY_MS = 5_000;
/** Who has not been heard of for this long is not counted: three of a worker's heartbeats. */
const HEARTBEAT_AGE_MAX_MS = 15_000;

/** How many processes of a release live. */
export interface ReleaseCount {
  readonly release: string;
  readonly api: number;
  readonly workers: number;
}

const ID_WITH_RELEASE = /@(.+)$/;

/** Which processes live. API processes say so with the version that they route by (see `Definitions.confirm`). */
export interface Processes {
  /** A worker says that it lives. */
  noteWorker(processId: string): Promise<void>;
  /** The worker leaves. */
  forgetWorker(processId: string): Promise<void>;
  /** How many have been heard of lately. */
  count(): Promise<{ readonly api: number; readonly workers: number }>;
  /** The same by release, which stands behind an `@` in the ids; `unknown` where it does not. */
  byRelease(): Promise<ReleaseCount[]>;
}

export function createProcesses({
  redis,
  keys: { definitions: keys },
  nowMs,
}: {
  readonly redis: RedisClient;
  readonly keys: Keys;
  /** The time by which heartbeats grow old; Redis' own unless given. */
  readonly nowMs?: () => number;
}): Processes {
  const sinceMs = async (): Promise<number> =>
    (nowMs?.() ?? (await redisNowMs(redis, keys.workers))) - HEARTBEAT_AGE_MAX_MS;

  return {
    noteWorker: (processId) => noteWorker(redis, keys, processId, nowMs?.()),
    forgetWorker: async (processId) => {
      try {
        await redis.zrem(keys.workers, processId);
      } catch (error) {
        throw asUnavailable(error);
      }
    },
    count: async () => {
      try {
        const since = await sinceMs();
        const [api, workers] = await Promise.all([
          redis.zcount(keys.processes, since, "+inf"),
          redis.zcount(keys.workers, since, "+inf"),
        ]);
        return { api, workers };
      } catch (error) {
        throw asUnavailable(error);
      }
    },
    byRelease: async () => {
      const since = await guarded(sinceMs());
      const [api, workers] = await guarded(
        Promise.all([keys.processes, keys.workers].map((key) => redis.zrangebyscore(key, since, "+inf"))),
      );
      const releases = [...new Set([...(api ?? []), ...(workers ?? [])].map(releaseOf))].toSorted();
      return releases.map((release) => ({
        release,
        api: (api ?? []).filter((id) => releaseOf(id) === release).length,
        workers: (workers ?? []).filter((id) => releaseOf(id) === release).length,
      }));
    },
  };
}

function releaseOf(id: string): string {
  return ID_WITH_RELEASE.exec(id)?.[1] ?? "unknown";
}
