import type { WebhookId } from "@posthorn/core";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";

const run = partitionScript<unknown>("forget-webhook.lua");

/** Deletes a webhook's state in its partition: from now on nothing is accepted or tried for it. */
export async function forgetWebhook(context: PartitionContext, partition: number, id: WebhookId): Promise<void> {
  await run(context, partition, [id]);
}
