import type { RedisClient } from "../connect.ts";
import type { DefinitionKeys } from "../keys.ts";
import { script } from "./script.ts";

const run = script("put-session.lua");

/** Keeps a session; works also while Redis is full, when people have to come in to make room. */
export async function putSession(
  redis: RedisClient,
  keys: Pick<DefinitionKeys, "session" | "sessionsOf">,
  session: {
    readonly digest: string;
    readonly keyId: string;
    readonly text: string;
    readonly beganAtMs: number;
    readonly keepMs: number;
    readonly lifeMs: number;
    readonly perKeyMax: number;
  },
): Promise<void> {
  const { digest, keyId, text, beganAtMs, keepMs, lifeMs, perKeyMax } = session;
  await run(
    redis,
    [keys.session(digest), keys.sessionsOf(keyId), keys.session("")],
    [text, keepMs, digest, beganAtMs, perKeyMax, lifeMs],
  );
}
