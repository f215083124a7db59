import type { BatchId, WebhookId } from "@posthorn/core";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext } from "../partition-script.ts";

/** A batch that was given up and is to be written to a file. */
export interface SetAside {
  readonly id: BatchId;
  readonly webhook: WebhookId;
  readonly why: "expired" | "overflowed";
  readonly endedAtMs: number;
  readonly createdAtMs: number;
  readonly events: number;
  readonly bodyBytes: number;
  readonly attempts: number;
}

const run = partitionScript<{ readonly batch?: SetAside }>("take-archive.lua");

/** Takes the next one for `leaseMs`; `undefined` = there is none that nobody else has. */
export async function takeArchive(
  context: PartitionContext,
  partition: number,
  { worker, leaseMs }: { readonly worker: string; readonly leaseMs: number },
): Promise<SetAside | undefined> {
  return (await run(context, partition, [worker, leaseMs])).batch;
}
