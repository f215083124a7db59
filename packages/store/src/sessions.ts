import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import { putSession } from "./scripts/put-session.ts";
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
  /** Keeps a session for so long unless it is used; of the key's sessions the oldest ones beyond a hundred end. */
  put(digest: string, session: Session, keepMs: number): Promise<void>;
  /** The session and for how long it is still kept. */
  find(digest: string): Promise<{ readonly session: Session; readonly leftMs: number } | undefined>;
  /** Keeps it so much longer from now on. */
  keep(digest: string, keepMs: number): Promise<void>;
  remove(digest: string): Promise<void>;
}

/** More people and screens than share a key. */
const SESSIONS_PER_KEY_MAX = 100;

export function createSessions({
  redis,
  keys: { definitions: keys },
}: {
  readonly redis: RedisClient;
  readonly keys: Keys;
}): Sessions {
  return {
    put: (digest, session, keepMs) =>
      putSession(redis, keys, {
        digest,
        keyId: session.keyId,
        text: JSON.stringify(session),
        beganAtMs: session.createdAtMs,
        keepMs,
        lifeMs: session.endsAtMs - session.createdAtMs,
        perKeyMax: SESSIONS_PER_KEY_MAX,
      }),
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
