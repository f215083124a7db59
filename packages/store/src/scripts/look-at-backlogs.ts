import type { WebhookId } from "@posthorn/core";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";

/** What waits for one webhook, all that is sealed and not delivered yet. */
export interface BacklogRow {
  readonly webhook: WebhookId;
  readonly batches: number;
  readonly events: number;
  /** As they are stored. */
  readonly bytes: number;
  /** When the oldest of the batches was begun. */
  readonly oldestAtMs: number | null;
  readonly isFailing: boolean;
}

const run = partitionScript<{ readonly rows?: readonly number[] }>("look-at-backlogs.lua");

const FIELDS = 5;

export async function lookAtBacklogs(
  context: PartitionContext,
  partition: number,
  webhooks: readonly WebhookId[],
): Promise<BacklogRow[]> {
  const { rows } = await run(context, partition, webhooks);
  return webhooks.map((webhook, index) => {
    const [batches = 0, events = 0, bytes = 0, oldestAtMs = 0, failingSinceMs = 0] = Array.isArray(rows)
      ? (rows as readonly number[]).slice(index * FIELDS)
      : [];
    return {
      webhook,
      batches,
      events,
      bytes,
      oldestAtMs: oldestAtMs === 0 ? null : oldestAtMs,
      isFailing: failingSinceMs > 0,
    };
  });
}
