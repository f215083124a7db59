import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createPartition } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";

const PIECE_BYTES = 256 * 1024;
const OK = { kind: "answered", status: 200, headers: {}, bodyStart: "", latencyMs: 1 } as const;

let redis: RedisClient;
let p: PartitionHarness;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
beforeEach(() => {
  p = createPartition(redis, { maxEvents: 1_000, maxBytes: 20_000_000 });
});
afterAll(() => redis.disconnect());

function text(n: number, bytes: number): string {
  return `{"n":${n},"pad":"${"é".repeat(bytes / 2)}"}`;
}

/** Sends the requests' events to one webhook; resolves to the parts of its first batch's body. */
async function partsOf(requests: readonly (readonly string[])[]): Promise<Buffer[]> {
  const id = await p.webhook();
  for (const texts of requests) await p.send([id], texts);
  await p.pass(30_000);
  const leased = await p.leaseNext();
  const parts: Buffer[] = [];
  for await (const part of p.batches.read(0, leased.batch)) parts.push(part);
  expect(Buffer.concat(parts).length).toBe(leased.bodyBytes);
  await p.finish(leased, OK);
  expect(await p.audit()).toEqual([]);
  expect((await p.remains()).filter((key) => key.startsWith("c:"))).toEqual([]);
  return parts;
}

test.each([
  ["many small requests", Array.from({ length: 700 }, (_, n) => [text(n, 40)])],
  ["an event that fills a piece exactly", [["1"], [`"${"x".repeat(PIECE_BYTES - 2)}"`], ["2", "3"]]],
  ["events larger than a piece, between others", [[text(1, 10)], [text(2, 3_000_000)], [text(3, 9_000_000)], ["4"]]],
  ["chunks of an event or of several, large and small", [[text(1, 200_000), text(2, 200_000)], ["3"], ["4", "5"]]],
])("a body of %s is what was sent, and no part of it is larger than what is read ahead", async (_, requests) => {
  const parts = await partsOf(requests);
  expect(Buffer.concat(parts).toString()).toBe(`[${requests.flat().join(",")}]`);
  expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(PIECE_BYTES + 500);
});

test("a large event that an earlier version stored as a whole is read as it is", async () => {
  const id = await p.webhook();
  const event = text(1, 600_000);
  await p.send([id], [event]);
  const [key = ""] = await redis.keys(`{${p.keys.namespace}:p0}:c:*`);
  await redis.hdel(key, "d1", "d2");
  await redis.hset(key, "d", event);
  await p.pass(30_000);
  expect(await p.body((await p.leaseNext()).batch)).toBe(`[${event}]`);
});
