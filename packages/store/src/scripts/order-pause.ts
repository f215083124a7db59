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

/**
 * Orders that everything is paused, or goes on. Changes nothing where it is so already, unless a partition has heard of an
 * order that was lost here.
 */
export async function orderPause(
  redis: RedisClient,
  keys: DefinitionKeys,
  { paused, heard, nowMs }: { readonly paused: boolean; readonly heard: number; readonly nowMs: number | undefined },
): Promise<PauseOrder> {
  const [order, since] = (await run(redis, [keys.pause], [paused ? 1 : 0, nowMs ?? "", heard])) as [number, number];
  return { order, pausedSinceMs: since === 0 ? undefined : since };
}
