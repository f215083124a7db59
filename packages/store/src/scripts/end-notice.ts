import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";
import type { Notice } from "./take-notice.ts";

const run = partitionScript<unknown>("end-notice.lua");

/** The notice was told, or given up. What has happened since is another one, a minute from now. */
export async function endNotice(context: PartitionContext, partition: number, notice: Notice): Promise<void> {
  const { webhook, kind, id, happenings, batches, events } = notice;
  await run(context, partition, [webhook, kind, id, happenings, batches, events]);
}
