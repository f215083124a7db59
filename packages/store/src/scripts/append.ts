import { randomUUID } from "node:crypto";
import type { WebhookId } from "@posthorn/core";
import type { AppendAnswer, AppendRequest } from "../append-request.ts";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

/** `unknown`: nothing was stored, since the partition has no state of these webhooks. */
export type Appended = { readonly kind: AppendAnswer } | { readonly kind: "unknown"; readonly webhooks: WebhookId[] };

interface AppendReply {
  readonly answer?: "full" | "unknown" | "unwanted";
  readonly unknown?: WebhookId[];
}

const run = partitionScript<AppendReply>("append.lua", { takesIn: true });

/** Stores one request's share for one partition, as a whole and at most once per request id. */
export async function append(
  context: PartitionContext,
  request: AppendRequest,
): Promise<{ readonly appended: Appended; readonly reply: PartitionReply }> {
  const args: (string | number | Buffer)[] = [request.requestId, request.doneTtlMs, request.trace ?? "", randomUUID()];
  for (const { webhooks, chunks } of request.groups) {
    args.push(webhooks.length, ...webhooks, chunks.length);
    for (const { data, ends, events } of chunks) args.push(data, ends, events);
  }
  const reply = await run(context, request.partition, args);
  const { answer = "stored", unknown = [] } = reply;
  return { appended: answer === "unknown" ? { kind: answer, webhooks: unknown } : { kind: answer }, reply };
}
