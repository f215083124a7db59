import type { WebhookId } from "@posthorn/core";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";

export type NoticeKind = "failing" | "recovered" | "deactivated" | "expired" | "overflowed";

/** What the operator is to be told of one webhook. */
export interface Notice {
  /** The same for every try to tell it. */
  readonly id: string;
  readonly webhook: WebhookId;
  readonly kind: NoticeKind;
  readonly firstMs: number;
  readonly lastMs: number;
  /** How often it has happened. */
  readonly happenings: number;
  readonly batches: number;
  readonly events: number;
  /** In words; may be empty. */
  readonly why: string;
  /** When it was taken. */
  readonly nowMs: number;
}

const run = partitionScript<{ readonly notice?: Notice }>("take-notice.lua");

/** Takes the next notice that is due, for `leaseMs`. */
export async function takeNotice(
  context: PartitionContext,
  partition: number,
  { leaseMs, dueAheadMaxMs }: { readonly leaseMs: number; readonly dueAheadMaxMs: number },
): Promise<Notice | undefined> {
  return (await run(context, partition, [leaseMs, dueAheadMaxMs])).notice;
}
