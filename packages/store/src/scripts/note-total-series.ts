import type { RedisClient } from "../connect.ts";
import { sumsOf } from "../flow.ts";
import type { Flow } from "../flow.ts";
import type { DefinitionKeys } from "../keys.ts";
import { SERIES_LUA } from "../series-layout.ts";
import { script } from "./script.ts";

const run = script("note-total-series.lua", { prelude: SERIES_LUA, after: ["series.lua"], takesIn: true });

/** Adds what has passed to the time series of everything together, with what the store holds now. */
export async function noteTotalSeries(
  redis: RedisClient,
  keys: Pick<DefinitionKeys, "series">,
  { flow, storedBytes }: { readonly flow: Flow; readonly storedBytes: number },
  nowMs?: number,
): Promise<void> {
  await run(redis, [keys.series], [nowMs ?? "", ...sumsOf(flow), storedBytes]);
}
