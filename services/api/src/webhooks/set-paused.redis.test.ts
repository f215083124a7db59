import { randomUUID } from "node:crypto";
import { WEBHOOK_DEFAULTS } from "@posthorn/core";
import type { DomainError, Webhook, WebhookId } from "@posthorn/core";
import { openStore } from "@posthorn/store";
import type { Store } from "@posthorn/store";
import { LIMITS } from "../../../../test/support/partition.ts";
import { freshDatabase } from "../../../../test/support/stack.ts";
import { unknownWebhook } from "./find-webhook.ts";
import { setPaused } from "./set-paused.ts";

const NOW = 1_764_000_000_000;

let store: Store;
let webhook: Webhook;
beforeEach(async () => {
  store = await openStore({ address: await freshDatabase(), name: "test", limits: LIMITS, onError: () => undefined });
  webhook = {
    ...WEBHOOK_DEFAULTS,
    id: randomUUID() as WebhookId,
    revision: 1,
    partition: 0,
    name: "before",
    target: "http://127.0.0.1:9/",
    events: ["delivery"],
    createdAtMs: 0,
    updatedAtMs: 0,
  };
  await store.definitions.create(webhook);
});
afterEach(() => store.close());

const find = async (): Promise<Webhook> => {
  const found = await store.definitions.get(webhook.id);
  if (found === undefined) throw unknownWebhook();
  return found;
};
const pause = (finding = find): Promise<number | undefined> =>
  setPaused({ definitions: store.definitions, now: () => NOW }, finding, true);

test("a webhook is paused once", async () => {
  expect(await pause()).toBe(await store.definitions.version());
  expect(await find()).toEqual({ ...webhook, paused: true, revision: 2, updatedAtMs: NOW });
  expect(await pause()).toBeUndefined();
  expect((await find()).revision).toBe(2);
});

test("what somebody else changed in between is kept, and it is paused all the same", async () => {
  let changes = 0;
  const version = await pause(async () => {
    const found = await find();
    if (changes++ < 2) {
      const changed = { ...found, revision: found.revision + 1, name: `after ${changes}` };
      expect(await store.definitions.update(changed, { drain: false })).toMatchObject({ kind: "written" });
    }
    return found;
  });
  expect(version).toBe(await store.definitions.version());
  expect(await find()).toMatchObject({ name: "after 2", paused: true, revision: 4 });
});

test("one that is deleted in between is not found", async () => {
  const pausing = pause(async () => {
    const found = await find();
    await store.definitions.remove(webhook.id);
    return found;
  });
  await expect(pausing).rejects.toMatchObject({ code: "NOT_FOUND" } satisfies Partial<DomainError>);
  expect(await store.definitions.get(webhook.id)).toBeUndefined();
});
