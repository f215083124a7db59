import type { RedisClient } from "../connect.ts";
import { script } from "./script.ts";

const run = script("replace-if-equal.lua");

/** Puts `other` in the place of the text under a key if it is still this one; false = it is not. */
export async function replaceIfEqual(redis: RedisClient, key: string, text: string, other: string): Promise<boolean> {
  return (await run(redis, [key], [text, other])) === 1;
}
