import { tokenKeyOf } from "@posthorn/core";
import type { Webhook } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import { asUnavailable } from "./unavailable.ts";

/** A stored token begins with its life; this many characters hold it. */
const LIFE_CHARACTERS = 16;

/** For how many seconds the OAuth2 token of a webhook was granted; `undefined` when it has none now. */
export async function readTokenLifeSeconds(
  { redis, keys }: { readonly redis: RedisClient; readonly keys: Keys },
  webhook: Pick<Webhook, "id" | "auth">,
): Promise<number | undefined> {
  const tokenKey = tokenKeyOf(webhook);
  if (tokenKey === undefined) return undefined;
  try {
    const start = await redis.getrange(keys.token(tokenKey), 0, LIFE_CHARACTERS - 1);
    return start === "" ? undefined : Number.parseInt(start, 10);
  } catch (error) {
    throw asUnavailable(error);
  }
}
