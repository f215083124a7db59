import type { RedisClient } from "../connect.ts";
import { script } from "./script.ts";

const run = script("extend-if-equal.lua");

/** Prolongs the life of the text under a key if it is still this one; false = it is not. */
export async function extendIfEqual(redis: RedisClient, key: string, text: string, lifeMs: number): Promise<boolean> {
  return (await run(redis, [key], [text, lifeMs])) === 1;
}
