import { randomUUID } from "node:crypto";
import { HEALTHY, judge } from "@posthorn/core";
import type { AttemptOutcome, BatchId, Chunk, RequestId, Webhook, WebhookId } from "@posthorn/core";
import { Redis } from "ioredis";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createBatches } from "./batches.ts";
import type { Batches } from "./batches.ts";
import { createKeys } from "./keys.ts";
import type { Keys } from "./keys.ts";
import type { LaneProducer } from "./lanes.ts";
import type { PartitionLimits } from "./limits.ts";
import type { Hint, Note } from "./partition-script.ts";
import type { Leased } from "./scripts/claim-batch.ts";

void Redis;
void HEALTHY;
void judge;
type Unused = AttemptOutcome | Leased;
export type { Unused };

const LIMITS: PartitionLimits = {
  maxEvents: 10,
  maxBytes: 1_000,
  maxWaitMs: 30_000,
  expiryMs: 4 * 3_600_000,
  concurrency: 2,
  probeMaxMs: 300_000,
  leaseMs: 8_000,
  reservationMs: 5_000,
};

let redis: RedisClient;
let keys: Keys;
let nowMs: number;
let hints: Hint[];
let notes: Note[];
let batches: Batches;

const producer: LaneProducer = {
  add: async (_, added) => void hints.push(...added),
  withoutJob: async (_, overdue) => [...overdue],
  close: async () => undefined,
};

beforeAll(async () => {
  redis = connect({ url: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  keys = createKeys(`t${randomUUID()}`);
  nowMs = 1_764_000_000_000;
  hints = [];
  notes = [];
  batches = createBatches({
    context: { redis, keys, limits: LIMITS, nowMs: () => nowMs },
    producer,
    onNote: (note) => notes.push(note),
    onLostHints: (error) => {
      throw error;
    },
  });
});

function chunk(...texts: string[]): Chunk {
  const data = Buffer.from(texts.join(","));
  const ends = Buffer.alloc(texts.length * 4);
  let end = -1;
  texts.forEach((text, index) => {
    end += 1 + Buffer.byteLength(text);
    ends.writeUInt32LE(end, index * 4);
  });
  return { data, ends, events: texts.length };
}

async function webhook(changes: Partial<Webhook> = {}): Promise<WebhookId> {
  const id = randomUUID() as WebhookId;
  await batches.configure({ id, revision: 1, partition: 0, active: true, paused: false, concurrency: null, ...changes } as Webhook, {
    drain: false,
  });
  return id;
}

async function send(id: WebhookId, ...texts: string[]): Promise<void> {
  await batches.append({
    partition: 0,
    requestId: randomUUID() as RequestId,
    doneTtlMs: 60_000,
    groups: [{ webhooks: [id], chunks: [chunk(...texts)] }],
  });
}

async function body(batch: BatchId): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of batches.read(0, batch)) parts.push(part);
  return Buffer.concat(parts).toString();
}

const numbered = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `{"n":${from + i}}`);

test("a batch is sealed at exactly the limit and the rest stays open", async () => {
  const id = await webhook();
  await send(id, ...numbered(25));
  expect(hints.map((hint) => hint.lane)).toEqual(["fresh", "fresh"]);
  expect(await body(hints[0]!.batch)).toBe(`[${numbered(10).join(",")}]`);
  expect(await body(hints[1]!.batch)).toBe(`[${numbered(10, 10).join(",")}]`);
  nowMs += 29_999;
  await batches.tick(0);
  expect(hints).toHaveLength(2);
});
