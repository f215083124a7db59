import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";
import type { Notice } from "./take-notice.ts";

const run = partitionScript<unknown>("postpone-notice.lua");

/** The notice could not be told: somebody may try again after `byMs`. */
export async function postponeNotice(
  context: PartitionContext,
  partition: number,
  { webhook, kind }: Pick<Notice, "webhook" | "kind">,
  byMs: number,
): Promise<void> {
  await run(context, partition, [webhook, kind, byMs]);
}
