import type { WebhookId } from "@posthorn/core";
import type { RedisClient } from "../connect.ts";
import { PARTITION_LUA } from "../keys.ts";
import type { PartitionKeys } from "../keys.ts";
import { sumsOf } from "../flow.ts";
import type { Flow } from "../flow.ts";
import { SERIES_LUA } from "../series-layout.ts";
import { script } from "./script.ts";

const run = script("note-series.lua", {
  prelude: `${PARTITION_LUA}\n${SERIES_LUA}`,
  after: ["series.lua"],
  takesIn: true,
});

/** Adds what has passed to the time series of webhooks of one partition. */
export async function noteSeries(
  redis: RedisClient,
  { base }: Pick<PartitionKeys, "base">,
  flows: readonly (readonly [WebhookId, Flow])[],
  nowMs?: number,
): Promise<void> {
  await run(redis, [base], [nowMs ?? "", ...flows.flatMap(([id, flow]) => [id, ...sumsOf(flow)])]);
}
