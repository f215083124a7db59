import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import { asUnavailable } from "./unavailable.ts";

/** Who has signed in to the console. The text that proves it is not stored, only its digest, under which this lies. */
export interface Session {
  /** The API key that was shown. */
  readonly keyId: string;
  readonly createdAtMs: number;
  /** It is not kept beyond this, however much it is used. */
  readonly endsAtMs: number;
}

/** Everything throws `StoreUnavailableError` when Redis is away. */
export interface Sessions {
  put(digest: string, session: Session, keepMs: number): Promise<void>;
  /** The session and for how long it is still kept. */
  find(digest: string): Promise<{ readonly session: Session; readonly leftMs: number } | undefined>;
  /** Keeps it so much longer from now on. */
  keep(digest: string, keepMs: number): Promise<void>;
  remove(digest: string): Promise<void>;
}

export function createSessions({ redis, keys }: { readonly redis: RedisClient; readonly keys: Keys }): Sessions {
  return {
    put: async (digest, session, keepMs) => {
      await guarded(redis.set(keys.session(digest), JSON.stringify(session), "PX", keepMs));
    },
    find: async (digest) => {
      const key = keys.session(digest);
      const [text, leftMs] = await guarded(Promise.all([redis.get(key), redis.pttl(key)]));
      return text === null ? undefined : { session: JSON.parse(text) as Session, leftMs };
    },
    keep: async (digest, keepMs) => {
      await guarded(redis.pexpire(keys.session(digest), keepMs));
    },
    remove: async (digest) => {
      await guarded(redis.del(keys.session(digest)));
    },
  };
}

async function guarded<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    throw asUnavailable(error);
  }
}
