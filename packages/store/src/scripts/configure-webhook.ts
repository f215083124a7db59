import type { Webhook } from "@posthorn/core";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

const run = partitionScript<unknown>("configure-webhook.lua");

/** Brings a webhook's state in its partition up to its definition; an older revision changes nothing. */
export async function configureWebhook(
  context: PartitionContext,
  webhook: Webhook,
  { drain }: { readonly drain: boolean },
): Promise<PartitionReply> {
  const { id, revision, active, paused, concurrency, rateLimit, leaving } = webhook;
  return run(context, webhook.partition, [
    id,
    revision,
    active ? 1 : 0,
    paused ? 1 : 0,
    concurrency ?? 0,
    rateLimit ?? 0,
    leaving ? 1 : 0,
    drain ? 1 : 0,
  ]);
}
