import type { RedisClient } from "../connect.ts";
import type { DefinitionKeys } from "../keys.ts";
import { script } from "./script.ts";

/** Whether everything is paused, as it was ordered last. */
export interface PauseOrder {
  /** Grows with every order; 0 = there never was one. */
  readonly order: number;
  /** `undefined` = it is not. */
  readonly pausedSinceMs: number | undefined;
}

const run = script("order-pause.lua");

/** Orders that everything is paused, or goes on; changes nothing where it is so already. */
export async function orderPause(
  redis: RedisClient,
  keys: DefinitionKeys,
  paused: boolean,
  nowMs?: number,
): Promise<PauseOrder> {
  const [order, since] = (await run(redis, [keys.pause], [paused ? 1 : 0, nowMs ?? ""])) as [number, number];
  return { order, pausedSinceMs: since === 0 ? undefined : since };
}
