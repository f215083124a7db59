import type { Paused, WebhookAction, WebhookPlace } from "../batch-actions.ts";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

type Outcome = WebhookAction<"inactive" | Paused>;

interface RetryReply {
  readonly answer: Outcome["kind"];
  readonly batches?: number;
}

const run = partitionScript<RetryReply>("retry-webhook.lua", { shared: ["batch-actions.lua"] });

/** Makes everything of a webhook that waits or is scheduled due at once. */
export async function retryWebhook(
  context: PartitionContext,
  { partition, webhook }: WebhookPlace,
): Promise<{ readonly outcome: Outcome; readonly reply: PartitionReply }> {
  const reply = await run(context, partition, [webhook]);
  const { answer, batches = 0 } = reply;
  return { outcome: answer === "applied" ? { kind: answer, batches } : { kind: answer }, reply };
}
