import { randomBytes, randomUUID } from "node:crypto";
import { mintKey } from "@posthorn/core";
import type { ApiKey } from "@posthorn/core";
import { waitFor } from "../../../test/support/wait-for.ts";
import type { ApiKeys } from "./api-keys.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createKeys } from "./keys.ts";
import type { Keys } from "./keys.ts";
import { createApiKeys } from "./redis-api-keys.ts";

const open = () => connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });

let redis: RedisClient;
let keys: Keys;
let nowMs: number;
let apiKeys: ApiKeys;
beforeAll(async () => {
  redis = open();
  await redis.connect();
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  keys = createKeys(`t${randomUUID()}`);
  nowMs = 1_764_000_000_000;
  apiKeys = createApiKeys({ redis, keys, nowMs: () => nowMs });
});

function key(changes: Partial<ApiKey> = {}): ApiKey {
  const { id, hash } = mintKey(randomBytes);
  return {
    id,
    hash,
    label: "test",
    grants: ["events/ingest"],
    subaccountId: null,
    createdAtMs: nowMs,
    expiresAtMs: null,
    ...changes,
  };
}

test("created keys are listed, oldest first, with everything about them", async () => {
  const young = key({ createdAtMs: nowMs + 1, subaccountId: 0, expiresAtMs: nowMs + 60_000 });
  const old = key({ label: "Zoë's MTA", grants: ["webhooks/view", "admin"] });
  expect(await apiKeys.create(young)).toEqual({ kind: "written", version: 1 });
  expect(await apiKeys.create(old)).toEqual({ kind: "written", version: 2 });
  expect(await apiKeys.list()).toEqual([
    { ...old, lastUsedAtMs: null },
    { ...young, lastUsedAtMs: null },
  ]);
});

test("an id that exists is not taken again, and nothing changes", async () => {
  const one = key();
  await apiKeys.create(one);
  expect(await apiKeys.create({ ...key(), id: one.id })).toEqual({ kind: "exists" });
  expect(await apiKeys.list()).toEqual([{ ...one, lastUsedAtMs: null }]);
  expect(await redis.get(keys.definitions.version)).toBe("1");
});

test("a revoked key is gone with all that was remembered of it, and cannot be revoked again", async () => {
  const [one, two] = [key(), key()];
  await apiKeys.create(one);
  await apiKeys.create(two);
  await apiKeys.noteUsed(one.id);
  expect(await apiKeys.revoke(one.id)).toEqual({ kind: "written", version: 3 });
  expect((await apiKeys.list()).map(({ id }) => id)).toEqual([two.id]);
  expect(await apiKeys.revoke(one.id)).toEqual({ kind: "missing" });
  expect(await redis.get(keys.definitions.version)).toBe("3");
  await apiKeys.noteUsed(one.id);
  expect(await redis.hgetall(keys.definitions.apiKeyUses)).toEqual({});
});

test("a use is remembered without a new version, for nobody has to hear of it", async () => {
  const one = key();
  await apiKeys.create(one);
  await apiKeys.noteUsed(one.id);
  expect((await apiKeys.list())[0]?.lastUsedAtMs).toBe(nowMs);
  nowMs += 60_000;
  await apiKeys.noteUsed(one.id);
  expect((await apiKeys.list())[0]?.lastUsedAtMs).toBe(nowMs);
  expect(await redis.get(keys.definitions.version)).toBe("1");
});

test("in production the time of a use is Redis' own", async () => {
  const one = key();
  const own = createApiKeys({ redis, keys });
  await own.create(one);
  await own.noteUsed(one.id);
  expect(Math.abs(((await own.list())[0]?.lastUsedAtMs ?? 0) - Date.now())).toBeLessThan(5_000);
});

test("whoever listens hears of a new key and of a revocation at once", async () => {
  const heard: string[] = [];
  const subscriber = open();
  await subscriber.connect();
  subscriber.on("message", (_channel, text) => heard.push(text));
  await subscriber.subscribe(keys.definitions.channel);
  const one = key();
  await apiKeys.create(one);
  await apiKeys.noteUsed(one.id);
  await apiKeys.revoke(one.id);
  await waitFor("the second version", () => heard.length === 2);
  expect(heard).toEqual(["1", "2"]);
  subscriber.disconnect();
});
