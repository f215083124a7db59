import type { BatchAction, BatchPlace } from "../batch-actions.ts";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

type Outcome = BatchAction<"open">;

const run = partitionScript<{ readonly answer: Outcome["kind"] }>("resume-batch.lua", {
  shared: ["batch-actions.lua"],
});

/** Ends the rest of a batch. */
export async function resumeBatch(
  context: PartitionContext,
  { partition, webhook, batch }: BatchPlace,
): Promise<{ readonly outcome: Outcome; readonly reply: PartitionReply }> {
  const reply = await run(context, partition, [webhook, batch]);
  return { outcome: { kind: reply.answer }, reply };
}
