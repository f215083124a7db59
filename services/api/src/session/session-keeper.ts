import type { Sessions } from "@posthorn/store";
import { mintSessionToken, sessionDigest } from "./session-token.ts";

/** A session of the console as its token finds it. */
export interface KnownSession {
  readonly keyId: string;
  /** When it ends unless it is used. */
  readonly expiresAtMs: number;
}

/** Opens, finds and ends sessions of the console. */
export interface SessionKeeper {
  /** Begins a session for who has shown a key; resolves to the text of its cookie. */
  begin(keyId: string): Promise<{ readonly token: string; readonly expiresAtMs: number }>;
  /** The session of a cookie, which lives longer by being used; `undefined` when there is none any more. */
  find(token: string): Promise<KnownSession | undefined>;
  end(token: string): Promise<void>;
}

/** A session that nobody uses for so long is over. */
const IDLE_MS = 12 * 3_600_000;
/** And one that is used, even by a screen on a wall, after so long. */
const LIFE_MS = 7 * 24 * 3_600_000;
/** So much of its idle time may be gone before it is written about. */
const KEEP_EVERY_MS = 300_000;

export function createSessionKeeper({
  sessions,
  now,
}: {
  readonly sessions: Sessions;
  readonly now: () => number;
}): SessionKeeper {
  return {
    begin: async (keyId) => {
      const token = mintSessionToken();
      const createdAtMs = now();
      await sessions.put(sessionDigest(token), { keyId, createdAtMs, endsAtMs: createdAtMs + LIFE_MS }, IDLE_MS);
      return { token, expiresAtMs: createdAtMs + IDLE_MS };
    },
    find: async (token) => {
      const digest = sessionDigest(token);
      const found = await sessions.find(digest);
      if (found === undefined) return undefined;
      const { session, leftMs } = found;
      const keepMs = Math.min(IDLE_MS, session.endsAtMs - now());
      if (keepMs <= 0) return undefined;
      const isWritten = keepMs - leftMs >= KEEP_EVERY_MS;
      if (isWritten) await sessions.keep(digest, keepMs);
      return { keyId: session.keyId, expiresAtMs: now() + (isWritten ? keepMs : leftMs) };
    },
    end: (token) => sessions.remove(sessionDigest(token)),
  };
}
