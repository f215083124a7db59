import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { BatchId, WebhookId } from "@posthorn/core";
import { answered, chunkOf, createPartition, OK, REFUSED } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import { MissingChunkError } from "./chunk-reader.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import type { PartitionLimits } from "./limits.ts";
import type { Leased } from "./leased.ts";

/**
 * Random programs, run by several clients at the same time against one partition, are compared with the simplest
 * model there is: for each webhook the list of events that were sent. Whatever happens, every event of a webhook that
 * still exists is delivered exactly once under one batch id and its halves, or overflowed, or was discarded, and nothing
 * is left in Redis. After every step the partition is audited: counters, places, slots, the account of what is stored.
 */
type Step =
  | { readonly kind: "send"; readonly webhooks: readonly number[]; readonly events: number; readonly bytes: number }
  /** Takes any job, of the due ones unless the worker's clock is fast. */
  | { readonly kind: "claim"; readonly index: number; readonly isClockFast: boolean }
  | { readonly kind: "finish"; readonly answer: "ok" | "refuse" | "too-large" | "broken"; readonly goesOn: boolean }
  | { readonly kind: "abandon" }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "delete"; readonly webhook: number }
  /** Packs what is cold, or dies when it has taken a batch for that. Either changes nothing that anybody sees. */
  | { readonly kind: "pack"; readonly dies: boolean }
  | { readonly kind: "steer-batch"; readonly action: BatchSteering; readonly webhook: number; readonly index: number }
  | { readonly kind: "pause-all"; readonly paused: boolean }
  /** A worker that writes files of what is given up comes, or writes one, or dies while it does. */
  | { readonly kind: "archive"; readonly what: "announce" | "write" | "die" }
  | { readonly kind: "steer-webhook"; readonly action: WebhookSteering; readonly webhook: number };

type BatchSteering = "retryBatch" | "discardBatch" | "pauseBatch" | "resumeBatch";
type WebhookSteering = "retry" | "discard" | "pause" | "resume" | "change-target";

const WEBHOOKS = 3;
/** The one that has a rate limit; the last one may be deleted. */
const LIMITED = 1;
const STARTS_PER_MINUTE = 600;
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
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("claim" as const),
      index: fc.nat({ max: 1_000 }),
      isClockFast: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("finish" as const),
      answer: fc.constantFrom("ok" as const, "ok" as const, "refuse" as const, "too-large" as const, "broken" as const),
      goesOn: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "abandon" as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 90_000 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("pack" as const),
      dies: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), webhook: fc.constant(WEBHOOKS - 1) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("steer-batch" as const),
      action: fc.constantFrom<BatchSteering>(
        "retryBatch",
        "retryBatch",
        "discardBatch",
        "pauseBatch",
        "pauseBatch",
        "resumeBatch",
      ),
      webhook: fc.integer({ min: 0, max: WEBHOOKS - 1 }),
      index: fc.nat({ max: 1_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("steer-webhook" as const),
      action: fc.constantFrom<WebhookSteering>("retry", "discard", "pause", "resume", "resume", "change-target"),
      webhook: fc.integer({ min: 0, max: WEBHOOKS - 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("pause-all" as const), paused: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("archive" as const),
      what: fc.constantFrom("announce" as const, "write" as const, "write" as const, "die" as const),
    }),
  },
);

const LIMITS_HERE = { maxEvents: 10, maxBytes: 3_000, concurrency: 3, webhookBacklogMaxBytes: 40_000 };
/** A store that is full, or nearly so, all the time. */
const SMALL = { backlogMaxBytes: 60_000, backlogHighBytes: 45_000 };
/** Its records go early, and what was discarded is known by them alone. */
const withoutDiscarding = step.filter(
  (one) => !("action" in one && (one.action === "discardBatch" || one.action === "discard")),
);

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: await freshDatabase(), name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

class Model {
  readonly sent = new Map<WebhookId, string[]>();
  readonly delivered = new Map<WebhookId, string[]>();
  readonly archived = new Map<WebhookId, string[]>();
  readonly deleted = new Set<WebhookId>();
  /** When attempts started. */
  readonly starts = new Map<WebhookId, number[]>();
  #next = 0;

  texts(count: number, bytes: number): string[] {
    return Array.from({ length: count }, () => JSON.stringify({ n: this.#next++, pad: "x".repeat(bytes) }));
  }

  started({ webhook, nowMs }: Leased): void {
    this.starts.set(webhook, [...(this.starts.get(webhook) ?? []), nowMs]);
  }

  note(map: Map<WebhookId, string[]>, webhook: WebhookId, texts: readonly string[]): void {
    map.set(webhook, [...(map.get(webhook) ?? []), ...texts]);
  }
}

async function deliver(
  p: PartitionHarness,
  model: Model,
  leased: Leased,
  goOn?: (next: Leased) => void,
): Promise<void> {
  const body = await p.body(leased.batch).catch((error: unknown) => error);
  if (typeof body !== "string" || Buffer.byteLength(body) !== leased.bodyBytes) {
    // Under a lost lease the batch may overflow, be discarded or be written to a file while it is read.
    expect(await p.batches.renew(0, leased.batch, leased.attempt)).toBe(false);
    if (typeof body !== "string") expect(body).toEqual(expect.any(MissingChunkError));
    return;
  }
  const events = (JSON.parse(body) as unknown[]).map((event) => JSON.stringify(event));
  if (leased.body !== undefined) expect(leased.body.toString()).toBe(body);
  const finish = await p.finish(leased, OK, goOn);
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
        const groups = [{ webhooks: wanted, chunks: [chunkOf(texts)] }];
        const answer = await p.batches.append({ ...request, groups });
        if (answer === "full") break;
        // Nothing was stored, so a repetition would be a request of its own, at another time.
        if (answer === "unwanted") break;
        // A repetition, as after a lost answer, must change nothing.
        expect(["stored", "unwanted"]).toContain(await p.batches.append({ ...request, groups }));
        for (const webhook of wanted) model.note(model.sent, webhook, texts);
        break;
      }
      case "claim": {
        const jobs = p.hints.filter((hint) => current.isClockFast || hint.delayMs <= p.now());
        const job = jobs[current.index % jobs.length];
        if (job === undefined) break;
        p.hints.splice(p.hints.indexOf(job), 1);
        const claim = await p.batches.claim(0, { ...job, worker: "model" });
        if (claim.kind === "leased") {
          held.push(claim);
          model.started(claim);
        }
        break;
      }
      case "finish": {
        const leased = held.shift();
        if (leased === undefined) break;
        // A lease that is over would make this a duplicate, which is allowed but not what is counted here.
        if (!(await p.batches.renew(0, leased.batch, leased.attempt))) break;
        const goOn = (next: Leased): void => {
          held.push(next);
          model.started(next);
        };
        const next = current.goesOn ? goOn : undefined;
        if (current.answer === "ok") await deliver(p, model, leased, next);
        else if (current.answer === "refuse") await p.finish(leased, REFUSED, next);
        else if (current.answer === "too-large") await p.finish(leased, answered(413), next);
        else await p.finish(leased, { kind: "broken", reason: "ours", message: "", latencyMs: 1 }, next);
        break;
      }
      case "abandon":
        held.shift();
        break;
      case "pass":
        await p.pass(current.ms);
        break;
      case "pack":
        await p.pack(current.dies ? AbortSignal.abort() : undefined);
        break;
      case "delete": {
        const webhook = webhooks[current.webhook] as WebhookId;
        model.deleted.add(webhook);
        await p.batches.forget(webhook, 0);
        break;
      }
      case "steer-batch": {
        const webhook = webhooks[current.webhook] as WebhookId;
        const sealed = await p.sealed(webhook);
        const batch = sealed[current.index % sealed.length];
        if (batch !== undefined) await p.batches[current.action]({ partition: 0, webhook, batch });
        break;
      }
      case "archive":
        if (current.what === "announce") await p.archive().announce(0);
        else await archiveNext(p, model, current.what === "write");
        break;
      case "pause-all":
        await p.pauseAll.order(current.paused);
        break;
      case "steer-webhook":
        await steer(p, current.action, webhooks[current.webhook] as WebhookId);
        break;
    }
    expect(await p.audit()).toEqual([]);
  }
}

/** What is in a file is what was sent; resolves to false when there is nothing to write. */
async function archiveNext(p: PartitionHarness, model: Model, isWritten: boolean): Promise<boolean> {
  const archive = p.archive();
  const taken = await archive.take(0);
  if (taken === undefined) return false;
  const parts: Buffer[] = [];
  try {
    for await (const part of archive.read(0, taken.id)) parts.push(part);
  } catch (error) {
    expect([error, await archive.keep(0, taken.id)]).toEqual([expect.any(MissingChunkError), false]);
    return true;
  }
  const events = (JSON.parse(Buffer.concat(parts).toString()) as unknown[]).map((event) => JSON.stringify(event));
  if (events.length !== taken.events) {
    // So long after it was taken that somebody else has ended it while it was read.
    expect(await archive.keep(0, taken.id)).toBe(false);
    return true;
  }
  if (isWritten && (await archive.end(0, taken.id))) model.note(model.archived, taken.webhook, events);
  return true;
}

async function steer(p: PartitionHarness, action: WebhookSteering, webhook: WebhookId): Promise<void> {
  switch (action) {
    case "retry":
      await p.batches.retryWebhook({ partition: 0, webhook });
      break;
    case "discard":
      await p.batches.discardWaiting({ partition: 0, webhook });
      break;
    case "pause":
      await p.configure(webhook, { paused: true });
      break;
    case "resume":
      await p.configure(webhook, { paused: false });
      break;
    case "change-target":
      await p.configure(webhook, {}, true);
      break;
  }
}

/** The events of the batches that were discarded, by the records that are kept of them. */
async function discardedEvents(p: PartitionHarness, webhook: WebhookId): Promise<number> {
  const names = p.keys.partition(0);
  let events = 0;
  const recorded = await Promise.all(
    [names.history, names.untried].map((key) => redis.zrange(key(webhook), "0", "-1")),
  );
  for (const id of recorded.flat() as BatchId[]) {
    const last = await redis.lindex(names.record(id), -1);
    const record = JSON.parse(last ?? "{}") as { outcome?: string; events?: number };
    if (record.outcome === "discarded") events += record.events ?? 0;
  }
  return events;
}

function overflowedEvents(p: PartitionHarness, webhook: WebhookId): number {
  const overflowed = p.notes.filter((note) => note.kind === "overflowed" && note.webhook === webhook);
  return overflowed.reduce((events, note) => events + note.events, 0);
}

async function checkPrograms(
  anyStep: fc.Arbitrary<Step>,
  limits: Partial<PartitionLimits>,
  numRuns: number,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyStep, { minLength: 20, maxLength: 80 }), { minLength: 1, maxLength: 4 }),
      async (programs) => {
        await redis.flushdb();
        const p = createPartition(redis, limits);
        const model = new Model();
        const webhooks: WebhookId[] = [];
        for (let n = 0; n < WEBHOOKS; n++) {
          webhooks.push(await p.webhook(n === LIMITED ? { rateLimit: STARTS_PER_MINUTE } : {}));
        }
        await Promise.all(programs.map((steps) => run(p, model, webhooks, steps)));

        // Everything may go on, and targets recover: what waits goes out.
        await p.pauseAll.order(false);
        for (const webhook of webhooks) {
          if (model.deleted.has(webhook)) continue;
          await p.configure(webhook, { paused: false });
          for (const batch of await p.sealed(webhook)) await p.batches.resumeBatch({ partition: 0, webhook, batch });
        }
        for (let round = 0; round < 100; round++) {
          while (await archiveNext(p, model, true));
          await p.pass(round < 10 ? 31_000 : 120_000);
          while (p.hints.some((hint) => hint.delayMs <= p.now())) {
            const claim = await p.claimNext();
            if (claim.kind === "leased") {
              model.started(claim);
              await deliver(p, model, claim);
            }
            // The rate limit lets the next one go.
            if (claim.kind === "leased" || claim.kind === "no-slot") await p.pass(60_000 / STARTS_PER_MINUTE);
          }
          const left = await p.remains();
          if (left.every((key) => key.startsWith("w:"))) break;
        }
        expect(p.notes.filter((note) => note.kind === "expired")).toEqual([]);
        const unarchived = p.notes.filter((note) => note.kind === "unarchived");
        const overflowed = p.notes.filter((note) => note.kind === "overflowed").map(({ batch }) => batch);
        expect(unarchived.filter(({ batch }) => !overflowed.includes(batch))).toEqual([]);
        for (const webhook of webhooks) {
          if (model.deleted.has(webhook)) continue;
          const delivered = model.delivered.get(webhook) ?? [];
          const sent = new Set(model.sent.get(webhook));
          expect(delivered.filter((text) => !sent.has(text))).toEqual([]);
          expect(new Set(delivered).size).toBe(delivered.length);
          const archived = model.archived.get(webhook) ?? [];
          expect(archived.filter((text) => !sent.has(text) || delivered.includes(text))).toEqual([]);
          expect(new Set(archived).size).toBe(archived.length);
          const lost = overflowedEvents(p, webhook) + (await discardedEvents(p, webhook));
          expect(archived.length).toBeLessThanOrEqual(lost);
          expect(delivered.length + lost).toBe(sent.size);
        }
        expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
        const starts = (model.starts.get(webhooks[LIMITED] as WebhookId) ?? []).toSorted((a, b) => a - b);
        const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
        expect(Math.min(...gaps, Infinity)).toBeGreaterThanOrEqual(60_000 / STARTS_PER_MINUTE);
      },
    ),
    // Whoever breaks a script sees the smallest program found by then.
    { numRuns, interruptAfterTimeLimit: 90_000 },
  );
}

test("G1 An accepted event is delivered at least once, or expired, overflowed, discarded, or deleted with its webhook", async () => {
  await checkPrograms(step, LIMITS_HERE, 40);
}, 120_000);

test("a store that is always nearly full accounts for every event, and for every byte", async () => {
  await checkPrograms(withoutDiscarding, { ...LIMITS_HERE, ...SMALL }, 20);
}, 120_000);
