import type { BatchAction, BatchPlace, Paused } from "../batch-actions.ts";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

type Outcome = BatchAction<"in-flight" | "inactive" | Paused | "open">;

const run = partitionScript<{ readonly answer: Outcome["kind"] }>("retry-batch.lua", { shared: ["batch-actions.lua"] });

/** Has a batch tried before all others. */
export async function retryBatch(
  context: PartitionContext,
  { partition, webhook, batch }: BatchPlace,
): Promise<{ readonly outcome: Outcome; readonly reply: PartitionReply }> {
  const reply = await run(context, partition, [webhook, batch]);
  return { outcome: { kind: reply.answer }, reply };
}
