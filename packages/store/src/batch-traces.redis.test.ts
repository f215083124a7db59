import { randomUUID } from "node:crypto";
import type { RequestId, WebhookId } from "@posthorn/core";
import { answered, chunkOf, createPartition, numbered } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";

let redis: RedisClient;
let partition: PartitionHarness;

beforeEach(async () => {
  redis = connect({ address: await freshDatabase(), name: "test", onError: () => undefined });
  await redis.connect();
  partition = createPartition(redis, { maxEvents: 200 });
});
afterEach(() => redis.disconnect());

const traceOf = (n: number): string => `00-${String(n).padStart(32, "0")}-00f067aa0ba902b7-01`;

async function send(webhook: WebhookId, texts: readonly string[], trace?: string): Promise<void> {
  await partition.batches.append({
    partition: 0,
    requestId: randomUUID() as RequestId,
    doneTtlMs: 60_000,
    groups: [{ webhooks: [webhook], chunks: [chunkOf(texts)] }],
    trace,
  });
}

test("a batch tells the traces of its requests, each once, and those that were not traced have none", async () => {
  const webhook = await partition.webhook();
  await send(webhook, numbered(3), traceOf(1));
  await send(webhook, numbered(3));
  await send(webhook, numbered(3), traceOf(2));
  await send(webhook, numbered(3), traceOf(1));
  await partition.pass(30_000);
  const { batch } = await partition.leaseNext();
  expect(await partition.batches.traces(0, batch)).toEqual([traceOf(1), traceOf(2)]);
  expect(await partition.audit()).toEqual([]);
});

test("however many requests a batch is made of, a bounded number of traces is told", async () => {
  const webhook = await partition.webhook();
  for (let n = 0; n < 50; n++) await send(webhook, numbered(1), traceOf(n));
  await partition.pass(30_000);
  const { batch } = await partition.leaseNext();
  const told = await partition.batches.traces(0, batch);
  expect(told).toEqual(Array.from({ length: 32 }, (_, n) => traceOf(n)));
});

test("traces outlast a split, and one of them the packing of what waits", async () => {
  const webhook = await partition.webhook();
  await send(webhook, numbered(20), traceOf(1));
  await send(webhook, numbered(20), traceOf(2));
  await partition.pass(30_000);
  await partition.finish(await partition.leaseNext(), answered(413));
  // Large enough to be split.
  const [text] = [JSON.stringify({ msys: "x".repeat(1_000) })];
  await send(webhook, [text, text], traceOf(3));
  await send(webhook, [text, text], traceOf(4));
  await partition.pass(30_000);
  const leased = await partition.leaseNext();
  await partition.finish(leased, answered(413));
  const halves = await Promise.all(
    (await partition.sealed(webhook)).map((batch) => partition.batches.traces(0, batch)),
  );
  expect(halves.flat()).toEqual(expect.arrayContaining([traceOf(3), traceOf(4)]));

  const paused = await partition.webhook({ paused: true });
  await send(paused, numbered(5), traceOf(5));
  await send(paused, numbered(5), traceOf(6));
  await partition.pass(30_000);
  await partition.pass(60_000);
  await partition.pack();
  const [batch] = await partition.sealed(paused);
  if (batch === undefined) throw new Error("no batch");
  expect(await partition.batches.traces(0, batch)).toEqual([traceOf(5)]);
});
