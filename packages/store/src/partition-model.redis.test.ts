import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { WebhookId } from "@posthorn/core";
import { answered, chunkOf, createPartition, OK, REFUSED } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import type { Leased } from "./scripts/claim-batch.ts";

/**
 * Random programs, run by several clients at the same time against one partition, are compared with the simplest
 * model there is: for each webhook the list of events that were sent. Whatever happens, every event of a webhook that
 * still exists is delivered exactly once under one batch id and its halves, or expired, and nothing is left in Redis.
 */
type Step =
  | { readonly kind: "send"; readonly webhooks: readonly number[]; readonly events: number; readonly bytes: number }
  | { readonly kind: "claim" }
  | { readonly kind: "finish"; readonly answer: "ok" | "refuse" | "too-large" | "broken" }
  | { readonly kind: "abandon" }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "delete"; readonly webhook: number };

const WEBHOOKS = 3;
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("send" as const),
      webhooks: fc.uniqueArray(fc.integer({ min: 0, max: WEBHOOKS - 1 }), { minLength: 1 }),
      events: fc.integer({ min: 1, max: 35 }),
      bytes: fc.integer({ min: 1, max: 400 }),
    }),
  },
  { weight: 6, arbitrary: fc.constant({ kind: "claim" as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("finish" as const),
      answer: fc.constantFrom("ok" as const, "ok" as const, "refuse" as const, "too-large" as const, "broken" as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "abandon" as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 60_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), webhook: fc.constant(WEBHOOKS - 1) }) },
);

const LIMITS_HERE = { maxEvents: 10, maxBytes: 3_000, concurrency: 3 };

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ url: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

class Model {
  readonly sent = new Map<WebhookId, string[]>();
  readonly delivered = new Map<WebhookId, string[]>();
  readonly deleted = new Set<WebhookId>();
  #next = 0;

  texts(count: number, bytes: number): string[] {
    return Array.from({ length: count }, () => JSON.stringify({ n: this.#next++, pad: "x".repeat(bytes) }));
  }

  note(map: Map<WebhookId, string[]>, webhook: WebhookId, texts: readonly string[]): void {
    map.set(webhook, [...(map.get(webhook) ?? []), ...texts]);
  }
}

async function deliver(p: PartitionHarness, model: Model, leased: Leased): Promise<void> {
  const body = await p.body(leased.batch);
  const events = (JSON.parse(body) as unknown[]).map((event) => JSON.stringify(event));
  const finish = await p.finish(leased, OK);
  if (model.deleted.has(leased.webhook) || finish === "gone") return;
  expect(Buffer.byteLength(body)).toBe(leased.bodyBytes);
  expect(events).toHaveLength(leased.events);
  expect(events.length).toBeLessThanOrEqual(LIMITS_HERE.maxEvents);
  expect(leased.bodyBytes <= LIMITS_HERE.maxBytes || events.length === 1).toBe(true);
  model.note(model.delivered, leased.webhook, events);
}

async function run(p: PartitionHarness, model: Model, webhooks: readonly WebhookId[], steps: readonly Step[]) {
  const held: Leased[] = [];
  for (const current of steps) {
    switch (current.kind) {
      case "send": {
        const wanted = current.webhooks.map((index) => webhooks[index] as WebhookId);
        const texts = model.texts(current.events, current.bytes);
        const request = { partition: 0, requestId: randomUUID() as never, doneTtlMs: 60_000 };
        await p.batches.append({ ...request, groups: [{ webhooks: wanted, chunks: [chunkOf(texts)] }] });
        // A repetition, as after a lost answer, must change nothing.
        await p.batches.append({ ...request, groups: [{ webhooks: wanted, chunks: [chunkOf(texts)] }] });
        for (const webhook of wanted) model.note(model.sent, webhook, texts);
        break;
      }
      case "claim": {
        if (!p.hints.some((hint) => hint.delayMs <= p.now())) break;
        const claim = await p.claimNext();
        if (claim.kind === "leased") held.push(claim);
        break;
      }
      case "finish": {
        const leased = held.shift();
        if (leased === undefined) break;
        // A lease that is over would make this a duplicate, which is allowed but not what is counted here.
        if (!(await p.batches.renew(0, leased.batch, leased.attempt))) break;
        if (current.answer === "ok") await deliver(p, model, leased);
        else if (current.answer === "refuse") await p.finish(leased, REFUSED);
        else if (current.answer === "too-large") await p.finish(leased, answered(413));
        else await p.finish(leased, { kind: "broken", message: "", latencyMs: 1 });
        break;
      }
      case "abandon":
        held.shift();
        break;
      case "pass":
        await p.pass(current.ms);
        break;
      case "delete": {
        const webhook = webhooks[current.webhook] as WebhookId;
        model.deleted.add(webhook);
        await p.batches.forget(webhook, 0);
        break;
      }
    }
  }
}

test("G1 An accepted event is delivered at least once, or expired, or deleted with its webhook", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { maxLength: 60 }), { minLength: 1, maxLength: 4 }), async (programs) => {
      const p = createPartition(redis, LIMITS_HERE);
      const model = new Model();
      const webhooks: WebhookId[] = [];
      for (let n = 0; n < WEBHOOKS; n++) webhooks.push(await p.webhook());
      await Promise.all(programs.map((steps) => run(p, model, webhooks, steps)));

      // Targets recover: everything that waits goes out.
      for (let round = 0; round < 100; round++) {
        await p.pass(round < 10 ? 31_000 : 120_000);
        while (p.hints.some((hint) => hint.delayMs <= p.now())) {
          const claim = await p.claimNext();
          if (claim.kind === "leased") await deliver(p, model, claim);
        }
        const left = await p.remains();
        if (left.every((key) => key.startsWith("w:"))) break;
      }
      expect(p.notes.filter((note) => note.kind === "expired")).toEqual([]);
      for (const webhook of webhooks) {
        if (model.deleted.has(webhook)) continue;
        expect((model.delivered.get(webhook) ?? []).toSorted()).toEqual((model.sent.get(webhook) ?? []).toSorted());
      }
      expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
    }),
    { numRuns: 60 },
  );
}, 120_000);
