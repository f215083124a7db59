import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import type { Lock } from "./lock.ts";
import type { Processes } from "./processes.ts";
import { writeLayout } from "./scripts/write-layout.ts";
import { guarded, StoreUnavailableError } from "./unavailable.ts";

/**
 * How this release keeps its data. It is counted up by a change that an earlier release cannot work with; what it only
 * does not look at changes nothing. (0: before layouts were noted.)
 */
export const LAYOUT = 1;

/** Brings data of the layout before `to` to that layout. What was done of it before a crash is done again. */
export interface Migration {
  readonly to: number;
  /** Processes of the release before may go on meanwhile, and afterwards. */
  readonly isHarmless: boolean;
  readonly run: (redis: RedisClient, keys: Keys) => Promise<void>;
}

/** In order, without gaps. */
const MIGRATIONS: readonly Migration[] = [{ to: 1, isHarmless: true, run: async () => undefined }];

interface LayoutDeps {
  readonly redis: RedisClient;
  readonly keys: Keys;
  /** Held while data are brought to another layout. */
  readonly lock: Lock;
  readonly processes: Pick<Processes, "count">;
  readonly migrations?: readonly Migration[];
  readonly layout?: number;
}

const LOCK_PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

/** The layout of the data; 0 = none is noted. */
export async function readLayout(redis: RedisClient, keys: Keys): Promise<number> {
  return Number((await guarded(redis.get(keys.definitions.layout))) ?? 0);
}

/** Sees to it that the data have this release's layout. Throws, with what to do, where they cannot have it. */
export async function prepareLayout(deps: LayoutDeps): Promise<void> {
  const { redis, keys, lock, layout = LAYOUT } = deps;
  const found = await readLayout(redis, keys);
  if (found > layout) throw newerLayout(found, layout);
  if (found === layout) return;
  const held = await lock.hold({ patienceMs: LOCK_PATIENCE_MS }, (lost) => migrate(deps, lost));
  if (held.kind === "held") return;
  throw new Error(
    `the data in Redis are being brought to layout ${layout} by another process: start this one again when that has ended`,
  );
}

async function migrate(deps: LayoutDeps, lost: AbortSignal): Promise<void> {
  const { redis, keys, processes, migrations = MIGRATIONS, layout = LAYOUT } = deps;
  for (const { to, isHarmless, run } of migrations) {
    const found = await readLayout(redis, keys);
    if (found > layout) throw newerLayout(found, layout);
    if (found >= to) continue;
    const alive = await processes.count();
    if (!isHarmless && alive.api + alive.workers > 0) {
      throw new Error(
        `the data in Redis have layout ${found} and this release needs ${to}, with which processes of the earlier one cannot work: ` +
          `stop all of them first (${alive.api} API processes and ${alive.workers} workers were heard of in the last 15 s), then start this one again`,
      );
    }
    await run(redis, keys);
    lost.throwIfAborted();
    await writeLayout(redis, keys.definitions, found, to);
  }
}

function newerLayout(found: number, known: number): Error {
  return new Error(
    `the data in Redis have layout ${found}, of a later release, and this one knows ${known}: ` +
      "run the later release, or restore a backup that was made before the upgrade",
  );
}

/** Looks every few seconds whether a later release has changed the data meanwhile, and tells it once. */
export function watchLayout(deps: {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly onNewer: (error: Error) => void;
  readonly onError: (error: Error) => void;
  readonly lookEveryMs?: number;
}): { stop(): void } {
  const { redis, keys, onNewer, onError, lookEveryMs = LOOK_EVERY_MS } = deps;
  let isTold = false;
  const look = async (): Promise<void> => {
    const found = await readLayout(redis, keys);
    // Another look may have been under way.
    if (found <= LAYOUT || isTold) return;
    isTold = true;
    clearInterval(timer);
    onNewer(newerLayout(found, LAYOUT));
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => {
      // Whoever needs a Redis that is away says so.
      if (!(error instanceof StoreUnavailableError)) onError(error instanceof Error ? error : new Error(String(error)));
    });
  }, lookEveryMs);
  return { stop: () => clearInterval(timer) };
}
