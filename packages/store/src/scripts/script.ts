import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RedisClient } from "../connect.ts";
import { asUnavailable } from "../unavailable.ts";

type ScriptArgument = string | number | Buffer;
type RunScript = (redis: RedisClient, keys: readonly string[], args: readonly ScriptArgument[]) => Promise<unknown>;

interface ScriptOptions {
  /** Shared Lua that is put in front: file names beside the script, in order. */
  readonly after?: readonly string[];
  /** Lua text put in front of everything, such as the key names made by `keys.ts`. */
  readonly prelude?: string;
  /** It takes in what fills the store: a Redis at `maxmemory` refuses it, while all others may go on. */
  readonly takesIn?: boolean;
}

/**
 * Every script names this key beside its own; it is never there. While a slot of a Cluster moves from one master to
 * another, a script that names two keys, of which one is missing, is refused by both (`TRYAGAIN`): so none runs where only
 * a part is of what it touches, most of which it does not name.
 */
function neverThere(keys: readonly string[]): string {
  return `${keys[0]}:nothing`;
}

/**
 * Redis lets a script that has written something write on when its memory is full, since half a script would be worse
 * (`SCRIPT_WRITE_DIRTY`; 6.2 to 8 alike). Removing what is never there is such a write, and one that is allowed then.
 */
const BEYOND_MAXMEMORY_LUA = 'redis.call("DEL", KEYS[#KEYS])';

const fileBySha = new Map<string, string>();

/** The file of the script that `EVALSHA` calls by this sha, for whoever watches the traffic. */
export function scriptNamed(sha: string): string | undefined {
  return fileBySha.get(sha);
}

/** The Lua source named `file` of this folder; read from `src` also when running from `dist`. */
function source(file: string): string {
  return readFileSync(new URL(`../../src/scripts/${file}`, import.meta.url), "utf8");
}

/**
 * Loads a Lua script once and returns what runs it: `EVALSHA`, or `EVAL` when Redis does not know it yet.
 * Bulk replies come back as `Buffer`s. Throws `StoreUnavailableError` when Redis is away.
 */
export function script(file: string, { after = [], prelude = "", takesIn = false }: ScriptOptions = {}): RunScript {
  const parts = [takesIn ? "" : BEYOND_MAXMEMORY_LUA, prelude, ...[...after, file].map(source)];
  const text = parts.filter((part) => part !== "").join("\n");
  const sha = createHash("sha1").update(text).digest("hex");
  fileBySha.set(sha, file);
  return async (redis, keys, args) => {
    const named = [keys.length + 1, ...keys, neverThere(keys)];
    try {
      return await redis.callBuffer("EVALSHA", sha, ...named, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw asUnavailable(error);
    }
    try {
      return await redis.callBuffer("EVAL", text, ...named, ...args);
    } catch (error) {
      throw asUnavailable(error);
    }
  };
}
