import type { RedisClient } from "../connect.ts";
import { script } from "./script.ts";

const run = script("delete-if-equal.lua");

/** Deletes the text under a key if it is still this one. */
export async function deleteIfEqual(redis: RedisClient, key: string, text: string): Promise<void> {
  await run(redis, [key], [text]);
}
