import type { AppendAnswer, AppendRequest } from "../append-request.ts";
import { partitionScript } from "../partition-script.ts";
import type { PartitionContext, PartitionReply } from "../partition-script.ts";

const run = partitionScript<{ readonly answer?: "full" }>("append.lua", { takesIn: true });

/** Stores one request's share for one partition, as a whole and at most once per request id. */
export async function append(
  context: PartitionContext,
  request: AppendRequest,
): Promise<{ readonly answer: AppendAnswer; readonly reply: PartitionReply }> {
  const args: (string | number | Buffer)[] = [request.requestId, request.doneTtlMs];
  for (const { webhooks, chunks } of request.groups) {
    args.push(webhooks.length, ...webhooks, chunks.length);
    for (const { data, ends, events } of chunks) args.push(data, ends, events);
  }
  const reply = await run(context, request.partition, args);
  return { answer: reply.answer ?? "stored", reply };
}
