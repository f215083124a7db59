import type { BatchAction, BatchPlace } from "../batch-actions.ts";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

type Outcome = BatchAction<"in-flight" | "open">;

const run = partitionScript<{ readonly answer: Outcome["kind"] }>("discard-batch.lua", {
  shared: ["batch-actions.lua"],
});

/** Deletes a batch that is not in flight. */
export async function discardBatch(
  context: PartitionContext,
  { partition, webhook, batch }: BatchPlace,
): Promise<{ readonly outcome: Outcome; readonly reply: PartitionReply }> {
  const reply = await run(context, partition, [webhook, batch]);
  return { outcome: { kind: reply.answer }, reply };
}
