import { randomBytes, randomUUID } from "node:crypto";
import { mintKey, WEBHOOK_DEFAULTS } from "@posthorn/core";
import type { ApiKey, Webhook, WebhookId } from "@posthorn/core";
import { createLog } from "@posthorn/runtime";
import { openStore, StoreUnavailableError } from "@posthorn/store";
import type { Definitions, Store } from "@posthorn/store";
import { LIMITS } from "../../../test/support/partition.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { createKeyRing } from "./key-ring.ts";
import type { KeyRing } from "./key-ring.ts";
import { createWebhookMirror } from "./mirror.ts";
import type { WebhookMirror } from "./mirror.ts";

let store: Store;
let mirrors: WebhookMirror[];
beforeEach(async () => {
  mirrors = [];
  store = await openStore({
    address: process.env["TEST_REDIS_URL"] ?? "",
    namespace: `t${randomUUID()}`,
    name: "test",
    limits: LIMITS,
    onError: () => undefined,
  });
});
afterEach(async () => {
  await Promise.all(mirrors.map((mirror) => mirror.stop()));
  await store.close();
});

const newKeyRing = (): KeyRing =>
  createKeyRing({
    apiKeys: store.apiKeys,
    log: createLog("test", "silent"),
    monotonicMs: () => performance.now(),
  });

async function startMirror(
  definitions: Definitions = store.definitions,
  activationMaxMs = 2_000,
  keyRing: Pick<KeyRing, "reload"> = newKeyRing(),
) {
  const mirror = createWebhookMirror({
    definitions,
    keyRing,
    secret: { recheck: async () => undefined },
    processId: randomUUID(),
    activationMaxMs,
    log: createLog("test", "silent"),
    warn: () => undefined,
  });
  mirrors.push(mirror);
  await mirror.start();
  return mirror;
}

const webhook = (changes: Partial<Webhook> = {}): Webhook => ({
  id: randomUUID() as WebhookId,
  revision: 1,
  partition: 0,
  name: "test",
  target: "http://127.0.0.1:9/",
  events: ["delivery"],
  ...WEBHOOK_DEFAULTS,
  createdAtMs: Date.now(),
  updatedAtMs: Date.now(),
  ...changes,
});
const apiKey = (): ApiKey => {
  const { id, hash } = mintKey(randomBytes);
  return { id, hash, label: "test", grants: ["admin"], subaccountId: null, createdAtMs: Date.now(), expiresAtMs: null };
};
const wanting = (mirror: WebhookMirror, type: string): WebhookId[] =>
  [...(mirror.routes().get(type)?.others?.byPartition.values() ?? [])].flat();

test("what was there before the start is known after it", async () => {
  const one = webhook();
  await store.definitions.create(one);
  const mirror = await startMirror();
  expect(mirror.isLoaded()).toBe(true);
  expect(wanting(mirror, "delivery")).toEqual([one.id]);
});

test("a create, an update and a delete are routed by every process once activation was awaited", async () => {
  const [here, there] = [await startMirror(), await startMirror()];
  const one = webhook();
  await here.awaitActivation(await store.definitions.create(one));
  expect(wanting(there, "delivery")).toEqual([one.id]);
  const update = await store.definitions.update({ ...one, revision: 2, events: ["open"] }, { drain: false });
  if (update.kind !== "written") throw new Error("not written");
  await here.awaitActivation(update.version);
  expect([wanting(there, "delivery"), wanting(there, "open")]).toEqual([[], [one.id]]);
  const removal = await store.definitions.remove(one.id);
  if (removal.kind !== "written") throw new Error("not written");
  await here.awaitActivation(removal.version);
  expect(wanting(there, "open")).toEqual([]);
});

test("a change is known within two seconds even when no hint arrives", async () => {
  const deaf = await startMirror({ ...store.definitions, onChange: async () => async () => undefined });
  const one = webhook();
  await store.definitions.create(one);
  await waitFor("the change by polling", () => wanting(deaf, "delivery").length === 1, 2_000);
});

test("a new key is known once activation was awaited, and a revoked one is unknown then", async () => {
  const [ring, key] = [newKeyRing(), apiKey()];
  const here = await startMirror();
  await startMirror(store.definitions, 2_000, ring);
  const creation = await store.apiKeys.create(key);
  if (creation.kind !== "written") throw new Error("not written");
  await here.awaitActivation(creation.version);
  expect(ring.find(key.id)).toMatchObject(key);
  const revocation = await store.apiKeys.revoke(key.id);
  if (revocation.kind !== "written") throw new Error("not written");
  await here.awaitActivation(revocation.version);
  expect(ring.find(key.id)).toBeUndefined();
});

test("a revoked key is unknown within two seconds even when no hint arrives", async () => {
  const [ring, key] = [newKeyRing(), apiKey()];
  await store.apiKeys.create(key);
  await startMirror({ ...store.definitions, onChange: async () => async () => undefined }, 2_000, ring);
  expect(ring.find(key.id)).toMatchObject(key);
  await store.apiKeys.revoke(key.id);
  await waitFor("the revocation by polling", () => ring.find(key.id) === undefined, 2_000);
});

test("a change of a key leaves the routing table as it is", async () => {
  await store.definitions.create(webhook());
  const mirror = await startMirror();
  const routes = mirror.routes();
  const creation = await store.apiKeys.create(apiKey());
  if (creation.kind !== "written") throw new Error("not written");
  await mirror.awaitActivation(creation.version);
  expect(mirror.routes()).toBe(routes);
  await mirror.awaitActivation(await store.definitions.create(webhook()));
  expect(mirror.routes()).not.toBe(routes);
});

test("a process whose keys could not be read confirms no version, and is not fresh", async () => {
  let isAway = false;
  const mirror = await startMirror(store.definitions, 0, {
    reload: async () => {
      if (isAway) throw new StoreUnavailableError(new Error("away"));
    },
  });
  isAway = true;
  const creation = await store.apiKeys.create(apiKey());
  if (creation.kind !== "written") throw new Error("not written");
  await expect(mirror.ensureFresh()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(await store.definitions.isConfirmedByAll(creation.version)).toBe(false);
  isAway = false;
  await mirror.ensureFresh();
  expect(await store.definitions.isConfirmedByAll(creation.version)).toBe(true);
});

test("activation waits for a process that does not confirm, but no longer than two seconds", async () => {
  const mirror = await startMirror();
  await store.definitions.confirm("stuck", 0);
  const version = await store.definitions.create(webhook());
  const startedAtMs = performance.now();
  await mirror.awaitActivation(version);
  const tookMs = performance.now() - startedAtMs;
  expect(tookMs).toBeGreaterThan(1_900);
  expect(tookMs).toBeLessThan(2_900);
});

test("nobody waits for a process that has stopped", async () => {
  const [staying, leaving] = [await startMirror(), await startMirror()];
  await leaving.stop();
  const startedAtMs = performance.now();
  await staying.awaitActivation(await store.definitions.create(webhook()));
  expect(performance.now() - startedAtMs).toBeLessThan(1_000);
});

test("knowledge that is too old is checked again, and when that fails the request is refused", async () => {
  let isAway = false;
  const mirror = await startMirror(
    {
      ...store.definitions,
      confirm: async (processId, version) => {
        if (isAway) throw new StoreUnavailableError(new Error("away"));
        return store.definitions.confirm(processId, version);
      },
    },
    0,
  );
  await mirror.ensureFresh();
  isAway = true;
  await expect(mirror.ensureFresh()).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterSeconds: 1 });
  isAway = false;
  await mirror.ensureFresh();
});

test("a hundred requests that wait for a slow check share two of them", async () => {
  let confirms = 0;
  let isSlow = false;
  const waiting: (() => void)[] = [];
  const mirror = await startMirror(
    {
      ...store.definitions,
      confirm: async (processId, version) => {
        if (isSlow) {
          confirms++;
          await new Promise<void>((resolve) => waiting.push(resolve));
        }
        return store.definitions.confirm(processId, version);
      },
    },
    0,
  );
  isSlow = true;
  const requests = Promise.all(Array.from({ length: 100 }, () => mirror.ensureFresh()));
  await waitFor("the first check", () => confirms === 1);
  waiting.shift()?.();
  await waitFor("the second check", () => confirms === 2);
  isSlow = false;
  waiting.shift()?.();
  await requests;
  expect(confirms).toBe(2);
});
