import type { WebhookPlace } from "../batch-actions.ts";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

/** Fewer where they have many ranges, see `batch-ends.lua`. */
const BATCHES_PER_SLICE = 50;

/** What one slice came to. */
export type DiscardedSlice =
  | {
      readonly kind: "applied";
      readonly batches: number;
      /** For the next slice: it ends where the first one would have, however much is sealed meanwhile. */
      readonly upto: number;
      readonly more: boolean;
    }
  | { readonly kind: "gone" };

interface DiscardReply {
  readonly answer: DiscardedSlice["kind"];
  readonly batches?: number;
  readonly upto?: number;
  readonly more?: boolean;
}

const run = partitionScript<DiscardReply>("discard-waiting.lua", { shared: ["batch-actions.lua"] });

/** Deletes a slice of what waits of a webhook; `upto` is the answer's of the slice before. */
export async function discardWaiting(
  context: PartitionContext,
  { partition, webhook }: WebhookPlace,
  upto: number | undefined,
): Promise<{ readonly slice: DiscardedSlice; readonly reply: PartitionReply }> {
  const reply = await run(context, partition, [webhook, upto ?? "", BATCHES_PER_SLICE]);
  const { answer, batches = 0, upto: reached = 0, more = false } = reply;
  return { slice: answer === "gone" ? { kind: answer } : { kind: answer, batches, upto: reached, more }, reply };
}
