import { randomUUID } from "node:crypto";
import { createSecretBox, tokenKeyOf } from "@posthorn/core";
import type { Webhook, WebhookId } from "@posthorn/core";
import { freshDatabase } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { createKeys } from "./keys.ts";
import { createTokenCache } from "./token-cache.ts";
import { readTokenLifeSeconds } from "./token-life.ts";
import { StoreUnavailableError } from "./unavailable.ts";

const KEY = "webhook-1:fingerprint";
const box = createSecretBox("a secret for tests");

let redis: RedisClient;
const keys = createKeys(`t${randomUUID()}`);
const cache = (): ReturnType<typeof createTokenCache> => createTokenCache({ redis, keys, box });
beforeAll(async () => {
  redis = connect({ address: await freshDatabase(), name: "test", onError: () => undefined });
  await redis.connect();
});
beforeEach(async () => {
  await redis.flushdb();
});
afterAll(() => redis.disconnect());

test("a token is there for the life that it was granted for, for every process, and unreadable in Redis", async () => {
  await cache().put(KEY, { token: "t0ken", expiresInS: 3_600 });
  const kept = await cache().get(KEY);
  expect(kept).toEqual({ token: "t0ken", expiresInS: 3_600, leftMs: expect.any(Number) });
  expect(kept?.leftMs).toBeGreaterThan(3_590_000);
  expect(kept?.leftMs).toBeLessThanOrEqual(3_600_000);
  const [key = ""] = await redis.keys("*");
  expect(await redis.get(key)).toMatch(/^3600 v1\./);
  expect(await redis.get(key)).not.toContain("t0ken");
});

test("a token ends with its life", async () => {
  await cache().put(KEY, { token: "t0ken", expiresInS: 1 });
  expect((await cache().get(KEY))?.leftMs).toBeLessThanOrEqual(1_000);
  await waitFor("the token's end", async () => (await cache().get(KEY)) === undefined);
});

test("another webhook's token, or one that another secret sealed, is none", async () => {
  await cache().put(KEY, { token: "t0ken", expiresInS: 3_600 });
  expect(await cache().get("webhook-2:fingerprint")).toBeUndefined();
  const other = createTokenCache({ redis, keys, box: createSecretBox("another secret") });
  expect(await other.get(KEY)).toBeUndefined();
  await redis.copy(keys.token(KEY), keys.token("webhook-2:fingerprint"));
  expect(await cache().get("webhook-2:fingerprint")).toBeUndefined();
});

test("a refused token is forgotten, a newer one is not", async () => {
  await cache().put(KEY, { token: "old", expiresInS: 3_600 });
  await cache().put(KEY, { token: "new", expiresInS: 3_600 });
  await cache().forget(KEY, "old");
  expect(await cache().get(KEY)).toMatchObject({ token: "new" });
  await cache().forget(KEY, "new");
  expect(await cache().get(KEY)).toBeUndefined();
  await cache().forget(KEY, "new");
});

test("one at a time has the lock; it ends with its time or by its holder, not by anybody else", async () => {
  expect(await cache().tryLock(KEY, "a", 60_000)).toBe(true);
  expect(await cache().tryLock(KEY, "b", 60_000)).toBe(false);
  expect(await cache().tryLock("webhook-2:fingerprint", "b", 60_000)).toBe(true);
  await cache().unlock(KEY, "b");
  expect(await cache().tryLock(KEY, "b", 60_000)).toBe(false);
  await cache().unlock(KEY, "a");
  expect(await cache().tryLock(KEY, "b", 20)).toBe(true);
  await waitFor("the end of the lock", () => cache().tryLock(KEY, "c", 60_000));
});

test("for how long a token was granted can be read without opening it, as long as it lives", async () => {
  const auth = { kind: "oauth2", url: "http://t/", body: box.seal("{}", "test"), shown: {} } as const;
  const webhook: Pick<Webhook, "id" | "auth"> = { id: randomUUID() as WebhookId, auth };
  const lifeSeconds = (changes: Partial<Webhook> = {}): Promise<number | undefined> =>
    readTokenLifeSeconds({ redis, keys }, { ...webhook, ...changes });
  expect(await lifeSeconds()).toBeUndefined();
  await cache().put(tokenKeyOf(webhook) ?? "", { token: "x".repeat(40_000), expiresInS: 2 ** 31 - 1 });
  expect(await lifeSeconds()).toBe(2 ** 31 - 1);
  expect(await lifeSeconds({ auth: { ...auth, url: "http://other/" } })).toBeUndefined();
  expect(await lifeSeconds({ auth: { kind: "none" } })).toBeUndefined();
});

test("without Redis everything says so", async () => {
  const away = connect({ address: "redis://127.0.0.1:1", name: "test", onError: () => undefined });
  const tokens = createTokenCache({ redis: away, keys, box });
  const calls = [
    tokens.get(KEY),
    tokens.put(KEY, { token: "t", expiresInS: 1 }),
    tokens.forget(KEY, "t"),
    tokens.tryLock(KEY, "a", 1),
    tokens.unlock(KEY, "a"),
  ];
  for (const call of calls) await expect(call).rejects.toThrow(StoreUnavailableError);
  away.disconnect();
});
