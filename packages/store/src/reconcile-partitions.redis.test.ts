import { randomUUID } from "node:crypto";
import { WEBHOOK_DEFAULTS } from "@posthorn/core";
import type { RequestId, Webhook, WebhookId } from "@posthorn/core";
import { chunkOf, LIMITS, numbered } from "../../../test/support/partition.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { openStore } from "./store.ts";
import type { Store } from "./store.ts";

let redis: RedisClient;
let store: Store;
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());
beforeEach(async () => {
  store = await openStore({
    address: process.env["TEST_REDIS_URL"] ?? "",
    namespace: `t${randomUUID()}`,
    name: "test",
    limits: LIMITS,
    onError: () => undefined,
  });
});
afterEach(() => store.close());

async function create(): Promise<WebhookId> {
  const id = randomUUID() as WebhookId;
  const webhook: Webhook = {
    id,
    revision: 1,
    partition: 0,
    name: "test",
    target: "http://127.0.0.1:9/",
    events: ["delivery"],
    ...WEBHOOK_DEFAULTS,
    createdAtMs: 1,
    updatedAtMs: 1,
  };
  await store.definitions.create(webhook);
  return id;
}

const stateOf = (id: WebhookId): string => store.keys.partition(0).webhook(id);
const revisionOf = (id: WebhookId): Promise<string | null> => redis.hget(stateOf(id), "rev");

/** As if another Redis had taken this one's place. */
async function takeOver(): Promise<void> {
  await redis.hset(store.keys.definitions.reconciled, "0", "the ids of others");
}

test("a state that was lost is made again when another Redis has taken over, and not looked for before", async () => {
  const [kept, lost] = [await create(), await create()];
  expect(await store.definitions.reconcile()).toBe(0);
  await redis.del(stateOf(lost));
  expect(await store.definitions.reconcile()).toBe(0);
  await takeOver();
  expect(await store.definitions.reconcile()).toBe(1);
  expect(await revisionOf(lost)).toBe(String((await store.definitions.get(lost))?.revision));
  expect(await revisionOf(kept)).not.toBeNull();
  expect(await store.definitions.reconcile()).toBe(0);
});

test("a definition that is older than what its partition remembers becomes the newer one, and counts", async () => {
  const id = await create();
  await redis.hset(stateOf(id), { rev: 90, pau: 1 });
  const before = await store.definitions.version();
  await takeOver();
  expect(await store.definitions.reconcile()).toBe(1);
  expect((await store.definitions.get(id))?.revision).toBe(91);
  expect(await redis.hmget(stateOf(id), "rev", "pau")).toEqual(["91", "0"]);
  expect(await store.definitions.version()).toBe(before + 1);
});

test("what a partition remembers of a webhook that is not defined goes when somebody comes across it", async () => {
  const [id, other] = [await create(), await create()];
  await redis.hdel(store.keys.definitions.webhooks, id);
  for (const one of [id, other]) await store.definitions.forgetUndefined(one, 0);
  expect(await revisionOf(id)).toBeNull();
  expect(await revisionOf(other)).not.toBeNull();
});

test("events make the state again that their webhook has lost, and those for a deleted one are nobody's", async () => {
  const [lost, deleted] = [await create(), await create()];
  await redis.del(stateOf(lost));
  await store.definitions.remove(deleted);
  const request = {
    partition: 0,
    requestId: randomUUID() as RequestId,
    doneTtlMs: 60_000,
    groups: [
      { webhooks: [deleted, lost], chunks: [chunkOf(numbered(3))] },
      { webhooks: [deleted], chunks: [chunkOf(numbered(2, 3))] },
    ],
  };
  expect(await store.batches.append(request)).toBe("stored");
  expect(await redis.hget(stateOf(lost), "on")).toBe("3");
  expect(await revisionOf(deleted)).toBeNull();
  expect(await store.batches.append(request)).toBe("stored");
  expect(await redis.hget(stateOf(lost), "on")).toBe("3");
});
