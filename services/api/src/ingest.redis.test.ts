import { randomUUID } from "node:crypto";
import { buildRoutingTable, WEBHOOK_DEFAULTS } from "@posthorn/core";
import type { Webhook, WebhookId } from "@posthorn/core";
import { StoreUnavailableError } from "@posthorn/store";
import type { AppendRequest } from "@posthorn/store";
import { connect } from "../../../packages/store/src/connect.ts";
import type { RedisClient } from "../../../packages/store/src/connect.ts";
import { createKeys } from "../../../packages/store/src/keys.ts";
import { createIdempotency } from "../../../packages/store/src/redis-idempotency.ts";
import { event } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { ingest } from "./ingest.ts";

let redis: RedisClient;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());

const webhook = (partition: number, type: string): Webhook =>
  ({ ...WEBHOOK_DEFAULTS, id: randomUUID() as WebhookId, partition, events: [type] }) as unknown as Webhook;

const KEY = "the sender's key";
const BODY = Buffer.from(JSON.stringify([event(1, "delivery"), event(2, "open"), event(3, "unheard_of")]));

/** Ingest with a store whose appends the test answers; by default the first partition wants deliveries, the fourth opens. */
function harness(webhooks: readonly Webhook[] = [webhook(0, "delivery"), webhook(3, "open")]) {
  const appends: AppendRequest[] = [];
  const counted: [number, number][] = [];
  const answers: ((request: AppendRequest) => Promise<unknown>)[] = [];
  let table = buildRoutingTable(webhooks);
  const take = (idempotencyKey?: string, body = BODY, scope = "key-id", subaccount?: number) =>
    ingest(
      {
        routes: () => table,
        append: async (request) => {
          appends.push(request);
          return (await answers.shift()?.(request)) === "full" ? "full" : "stored";
        },
        idempotency,
        batchMaxBytes: 10_000,
        idempotencyWindowMs: 60_000,
        series: { accepted: () => undefined, appended: () => undefined },
        metrics: { accepted: (events, unrouted) => counted.push([events, unrouted]) },
      },
      { body, format: "json", idempotencyKey, scope, owner: { subaccount, isBound: false } },
    ).then(({ answer }) => answer);
  const idempotency = createIdempotency({ redis, keys: createKeys(`t${randomUUID()}`) });
  const route = (changed: readonly Webhook[]): void => {
    table = buildRoutingTable(changed);
  };
  return { appends, counted, answers, take, route };
}

const away = (): Promise<void> => Promise.reject(new StoreUnavailableError("connection lost"));
const partitions = (appends: readonly AppendRequest[]): number[] =>
  appends.map((append) => append.partition).toSorted((a, b) => a - b);

test("each partition gets its share under one request id; what nobody wants is only counted", async () => {
  const { appends, counted, take } = harness();
  expect(JSON.parse(await take())).toEqual({ results: { id: expect.any(String), accepted: 3 } });
  expect(
    appends.map(({ partition, groups }) => [partition, groups.map(({ chunks }) => chunks.map(String).length)]),
  ).toEqual([
    [0, [1]],
    [3, [1]],
  ]);
  expect(String(appends[0]?.groups[0]?.chunks[0]?.data)).toBe(JSON.stringify(event(1, "delivery")));
  expect(new Set(appends.map((append) => append.requestId)).size).toBe(1);
  expect(counted).toEqual([[3, 1]]);
});

test("the answer waits for every partition", async () => {
  const { answers, counted, take, appends } = harness();
  let store = (): void => undefined;
  answers.push(
    () => Promise.resolve(),
    () => new Promise<void>((resolve) => (store = resolve)),
  );
  let isAnswered = false;
  const answer = take().then(() => (isAnswered = true));
  await waitFor("both appends", () => appends.length === 2);
  await new Promise((resolve) => setImmediate(resolve));
  expect([isAnswered, counted]).toEqual([false, []]);
  store();
  await answer;
  expect(counted).toHaveLength(1);
});

test("an append whose fate is unknown is repeated under the same id, and only that one", async () => {
  const { answers, appends, take } = harness();
  answers.push(() => Promise.resolve(), away, away);
  await take();
  expect(partitions(appends)).toEqual([0, 3, 3, 3]);
  expect(new Set(appends.map((append) => append.requestId)).size).toBe(1);
});

test("a full store is told at once and leaves nothing in the way of a repeat, which completes what is missing", async () => {
  const { answers, appends, counted, take } = harness();
  const full = (): Promise<string> => Promise.resolve("full");
  answers.push(() => Promise.resolve(), full);
  await expect(take(KEY)).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterSeconds: 5 });
  expect([appends.length, counted]).toEqual([2, []]);
  await take(KEY);
  expect(new Set(appends.map((append) => append.requestId)).size).toBe(1);
  expect(counted).toHaveLength(1);
});

test("after two seconds the sender is told, and a repeat under its key completes the rest under the first try's id", async () => {
  const { answers, appends, counted, take } = harness();
  answers.push(() => Promise.resolve(), ...Array.from({ length: 100 }, () => away));
  const startedAtMs = performance.now();
  await expect(take(KEY)).rejects.toThrow(StoreUnavailableError);
  expect(performance.now() - startedAtMs).toBeLessThan(2_500);
  expect(counted).toEqual([]);
  answers.length = 0;
  const first = [...appends];
  appends.length = 0;
  const answer = await take(KEY);
  expect(partitions(appends)).toEqual([0, 3]);
  expect(new Set([...first, ...appends].map((append) => append.requestId)).size).toBe(1);
  expect(await take(KEY)).toBe(answer);
  expect(appends).toHaveLength(2);
});

test("a repeat appends to the partitions of the first try, however webhooks have changed since", async () => {
  const [deliveries, opens] = [webhook(0, "delivery"), webhook(3, "open")];
  const { answers, appends, take, route } = harness([deliveries, opens]);
  answers.push(() => Promise.reject(new Error("a bug")));
  await expect(take(KEY)).rejects.toThrow("a bug");
  appends.length = 0;
  route([deliveries, webhook(5, "open"), webhook(6, "delivery")]);
  await take(KEY);
  expect(partitions(appends)).toEqual([0]);
});

test("while one try is under way a repeat is told to wait, and when it has failed a repeat goes on at once", async () => {
  const { answers, take, appends } = harness();
  let fail = (): void => undefined;
  answers.push(() => new Promise((_, reject) => (fail = () => reject(new Error("a bug")))));
  const slow = take(KEY);
  await waitFor("the slow try", () => appends.length === 2);
  await expect(take(KEY)).rejects.toThrow(expect.objectContaining({ code: "IDEMPOTENCY_IN_PROGRESS" }));
  fail();
  await expect(slow).rejects.toThrow("a bug");
  const [one, two] = [await take(KEY), await take(KEY)];
  expect(two).toBe(one);
});

test("the same key with another body is refused, but the same key of another sender is another request", async () => {
  const { take } = harness();
  const answer = await take(KEY);
  const other = Buffer.from("[]");
  await expect(take(KEY, other)).rejects.toThrow(expect.objectContaining({ code: "IDEMPOTENCY_MISMATCH" }));
  expect(JSON.parse(await take(KEY, other, "another key-id"))).toMatchObject({ results: { accepted: 0 } });
  expect(await take(KEY)).toBe(answer);
});

test("the same key and body for another subaccount is refused; the primary account may be named or not", async () => {
  const { take } = harness();
  const answer = await take(KEY, BODY, "key-id", 5);
  const mismatch = expect.objectContaining({ code: "IDEMPOTENCY_MISMATCH" }) as Error;
  await expect(take(KEY, BODY, "key-id", 7)).rejects.toThrow(mismatch);
  await expect(take(KEY, BODY, "key-id")).rejects.toThrow(mismatch);
  expect(await take(KEY, BODY, "key-id", 5)).toBe(answer);
  expect(await take("named", BODY, "key-id", 0)).toBe(await take("named", BODY, "key-id"));
});

test("an event that just fits a batch is accepted, one byte more is refused by its position", async () => {
  const { take, appends } = harness();
  const sized = (bytes: number): string => {
    const text = JSON.stringify(event(1));
    return text.replace('"n":"', `"n":"${"x".repeat(bytes - text.length)}`);
  };
  await take(undefined, Buffer.from(`[${sized(9_998)}]`));
  expect(appends).toHaveLength(1);
  await expect(take(undefined, Buffer.from(`[{"msys":{"a":{"type":"open"}}},${sized(9_999)}]`))).rejects.toThrow(
    expect.objectContaining({ code: "TOO_LARGE", problems: [expect.objectContaining({ param: "[1]" })] }),
  );
  expect(appends).toHaveLength(1);
});
