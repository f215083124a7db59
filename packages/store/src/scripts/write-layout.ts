import type { RedisClient } from "../connect.ts";
import type { DefinitionKeys } from "../keys.ts";
import { script } from "./script.ts";

// Also while Redis is full: a process that is to make room must be able to start.
const run = script("write-layout.lua");

/** Notes the layout `to` where it is still `from`; resolves to the one that is noted then. */
export async function writeLayout(redis: RedisClient, keys: DefinitionKeys, from: number, to: number): Promise<number> {
  return Number(await run(redis, [keys.layout], [from, to]));
}
