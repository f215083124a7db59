import { randomUUID } from "node:crypto";
import { WEBHOOK_DEFAULTS } from "@posthorn/core";
import type { Webhook, WebhookId } from "@posthorn/core";
import { waitFor } from "../../../test/support/wait-for.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import type { Definitions, PartitionApplier } from "./definitions.ts";
import { createKeys } from "./keys.ts";
import type { Keys } from "./keys.ts";
import { createDefinitions } from "./redis-definitions.ts";

const open = () => connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });

/** Remembers what a partition was told, and can fail as a crash would. */
interface RecordingApplier extends PartitionApplier {
  readonly told: string[];
  /** Whether webhooks have batches. */
  isBusy: boolean;
  failing: boolean;
  /** Runs between the moment a partition is told and the answer. */
  meanwhile: () => Promise<void>;
}

function recordingApplier(): RecordingApplier {
  const applier: RecordingApplier = {
    told: [],
    isBusy: false,
    failing: false,
    meanwhile: async () => undefined,
    configure: async ({ revision }, { drain }) => {
      if (applier.failing) throw new Error("crashed");
      applier.told.push(`configure ${revision}${drain ? " drain" : ""}`);
      const { meanwhile } = applier;
      applier.meanwhile = async () => undefined;
      await meanwhile();
    },
    forget: async (_, partition) => {
      if (applier.failing) throw new Error("crashed");
      applier.told.push(`forget from ${partition}`);
    },
    isIdle: async () => !applier.isBusy,
    revisions: async (ids) => ids.map(() => undefined),
  };
  return applier;
}

let redis: RedisClient;
let keys: Keys;
let nowMs: number;
let applier: RecordingApplier;
let definitions: Definitions;
beforeAll(async () => {
  redis = open();
  await redis.connect();
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  keys = createKeys(`t${randomUUID()}`);
  nowMs = 1_764_000_000_000;
  applier = recordingApplier();
  definitions = createDefinitions({ redis, keys, applier, subscribe: open, nowMs: () => nowMs });
});

const webhook = (changes: Partial<Webhook> = {}): Webhook => ({
  id: randomUUID() as WebhookId,
  revision: 1,
  partition: 3,
  name: "test",
  target: "http://127.0.0.1:9/",
  events: ["delivery"],
  ...WEBHOOK_DEFAULTS,
  createdAtMs: nowMs,
  updatedAtMs: nowMs,
  ...changes,
});
const changed = (before: Webhook, changes: Partial<Webhook> = {}): Webhook => ({
  ...before,
  revision: before.revision + 1,
  ...changes,
});
const unapplied = () => redis.hlen(keys.definitions.unapplied);

test("a created webhook is stored, its partition told, and the version counted up", async () => {
  const one = webhook();
  const two = webhook({ createdAtMs: nowMs + 1, partition: 5 });
  expect(await definitions.create(two)).toBe(1);
  expect(await definitions.create(one)).toBe(2);
  expect(await definitions.get(one.id)).toEqual({ ...one, revision: 2 });
  expect(await definitions.list()).toEqual([{ ...one, revision: 2 }, two]);
  expect(await definitions.version()).toBe(2);
  expect(applier.told).toEqual(["configure 1", "configure 2"]);
  expect(new Set(await definitions.partitions())).toEqual(new Set([3, 5]));
  expect(await unapplied()).toBe(0);
});

test("an id that exists is not created again", async () => {
  const one = webhook();
  await definitions.create(one);
  await expect(definitions.create(one)).rejects.toThrow(/exists already/);
  expect(await definitions.version()).toBe(1);
});

test("of many updates at the same time one is written and the others are conflicts", async () => {
  const one = webhook();
  await definitions.create(one);
  const writes = await Promise.all(
    Array.from({ length: 10 }, (_, index) => definitions.update(changed(one, { name: `${index}` }), { drain: false })),
  );
  expect(writes.filter(({ kind }) => kind === "written")).toEqual([{ kind: "written", version: 2 }]);
  expect(writes.filter(({ kind }) => kind === "conflict")).toHaveLength(9);
  expect((await definitions.get(one.id))?.revision).toBe(2);
});

test("what was deleted can be neither updated nor deleted again", async () => {
  const one = webhook();
  await definitions.create(one);
  expect(await definitions.remove(one.id)).toEqual({ kind: "written", version: 2 });
  expect(await definitions.get(one.id)).toBeUndefined();
  expect(applier.told).toEqual(["configure 1", "forget from 3"]);
  expect(await definitions.remove(one.id)).toEqual({ kind: "missing" });
  expect(await definitions.update(changed(one), { drain: false })).toEqual({ kind: "missing" });
  expect(await definitions.version()).toBe(2);
});

describe("a crash between write and apply", () => {
  test("is mended by the sweep, for updates and deletions alike", async () => {
    const one = webhook();
    const two = webhook();
    await definitions.create(one);
    await definitions.create(two);
    applier.failing = true;
    await expect(definitions.update(changed(one), { drain: true })).rejects.toThrow("crashed");
    await expect(definitions.remove(two.id)).rejects.toThrow("crashed");
    await expect(definitions.applyUnapplied()).rejects.toMatchObject({
      message: expect.stringMatching(/^webhook [\da-f-]{36} could not be brought up/) as string,
      cause: { message: "crashed" },
    });
    expect(await unapplied()).toBe(2);
    applier.failing = false;
    applier.told.length = 0;
    expect(await definitions.applyUnapplied()).toBe(2);
    expect(applier.told.toSorted()).toEqual(["configure 2 drain", "forget from 3"]);
    expect(await definitions.applyUnapplied()).toBe(0);
  });

  test("does not lose a drain when another change follows", async () => {
    const one = webhook();
    await definitions.create(one);
    applier.failing = true;
    await expect(definitions.update(changed(one, { target: "http://b/" }), { drain: true })).rejects.toThrow("crashed");
    applier.failing = false;
    await definitions.update(changed(changed(one, { target: "http://b/" })), { drain: false });
    expect(applier.told).toEqual(["configure 1", "configure 3 drain"]);
    expect(await unapplied()).toBe(0);
  });
});

test("a change that comes while an earlier one is applied keeps its own note until it is applied itself", async () => {
  const one = webhook();
  await definitions.create(one);
  applier.meanwhile = async () => {
    applier.failing = true;
    await expect(definitions.update(changed(changed(one)), { drain: false })).rejects.toThrow("crashed");
    applier.failing = false;
  };
  await definitions.update(changed(one), { drain: false });
  expect(await unapplied()).toBe(1);
  expect(await definitions.applyUnapplied()).toBe(1);
  expect(applier.told.at(-1)).toBe("configure 3");
});

test("a webhook deleted while its update is applied leaves nothing in its partition", async () => {
  const one = webhook();
  await definitions.create(one);
  applier.told.length = 0;
  applier.meanwhile = async () => void (await definitions.remove(one.id));
  await definitions.update(changed(one), { drain: false });
  expect(applier.told).toEqual(["configure 2", "forget from 3", "forget from 3"]);
});

describe("what changed since a version", () => {
  test("is each changed webhook once, deleted ones included", async () => {
    const [one, two, three] = [webhook(), webhook(), webhook()];
    for (const each of [one, two, three]) await definitions.create(each);
    const renamed = changed(one, { name: "renamed" });
    await definitions.update(renamed, { drain: false });
    await definitions.remove(two.id);
    expect(await definitions.changesSince(3)).toEqual({
      version: 5,
      complete: false,
      changes: [
        { id: one.id, webhook: renamed },
        { id: two.id, webhook: undefined },
      ],
    });
    expect(await definitions.changesSince(5)).toEqual({ version: 5, complete: false, changes: [] });
    const all = await definitions.changesSince(0);
    expect(all).toMatchObject({ version: 5, complete: true });
    expect(all.changes.map(({ id }) => id).toSorted()).toEqual([one.id, three.id].toSorted());
  });

  test("is everything for who is far behind, and old changes are forgotten", async () => {
    await definitions.create(webhook());
    const gone = Array.from({ length: 11_000 }, (_, index) => [String(index - 20_000), `gone-${index}`]).flat();
    await redis.zadd(keys.definitions.changes, ...gone);
    expect(await definitions.changesSince(-15_000)).toMatchObject({ complete: true, version: 1 });
    await definitions.create(webhook());
    expect(await redis.zcard(keys.definitions.changes)).toBe(10_000);
    expect(await definitions.changesSince(-15_000)).toMatchObject({ complete: true, version: 2 });
    expect(await definitions.changesSince(1)).toMatchObject({ complete: false, changes: [expect.anything()] });
  });
});

describe("activation", () => {
  test("is confirmed when every living process routes by the version", async () => {
    expect(await definitions.isConfirmedByAll(1)).toBe(true);
    expect(await definitions.confirm("a", 0)).toBe(0);
    await definitions.confirm("b", 0);
    const version = await definitions.create(webhook());
    expect(await definitions.isConfirmedByAll(version)).toBe(false);
    expect(await definitions.confirm("a", version)).toBe(version);
    expect(await definitions.isConfirmedByAll(version)).toBe(false);
    await definitions.confirm("b", version);
    expect(await definitions.isConfirmedByAll(version)).toBe(true);
  });

  test("waits neither for a process silent for over three seconds nor for one that has left", async () => {
    await definitions.confirm("silent", 0);
    nowMs += 2_999;
    expect(await definitions.isConfirmedByAll(1)).toBe(false);
    nowMs += 2;
    expect(await definitions.isConfirmedByAll(1)).toBe(true);
    await definitions.confirm("leaving", 0);
    expect(await definitions.isConfirmedByAll(1)).toBe(false);
    await definitions.leave("leaving");
    expect(await definitions.isConfirmedByAll(1)).toBe(true);
  });

  test("forgets a process that has been silent for a minute", async () => {
    await definitions.confirm("silent", 0);
    nowMs += 60_001;
    await definitions.confirm("alive", 0);
    expect(await redis.zrange(keys.definitions.processes, 0, "-1")).toEqual(["alive"]);
    expect(await redis.hkeys(keys.definitions.confirmed)).toEqual(["alive"]);
  });
});

test("a hint tells of each new version until it is ended", async () => {
  const heard: number[] = [];
  const end = await definitions.onChange((version) => heard.push(version));
  await definitions.create(webhook());
  await definitions.create(webhook());
  await waitFor("both hints", () => heard.length === 2);
  expect(heard).toEqual([1, 2]);
  await end();
});

test("the first check value stays, so that a process with another secret finds out", async () => {
  expect(await definitions.secretCheck("first")).toBe("first");
  expect(await definitions.secretCheck("second")).toBe("first");
});

test("a check value is replaced only where it is still the one that was seen", async () => {
  await definitions.secretCheck("first");
  expect(await Promise.all([1, 2].map(() => definitions.replaceSecretCheck("first", "second")))).toEqual([true, false]);
  expect(await definitions.secretCheck("first")).toBe("second");
});

describe("a webhook that is let go", () => {
  test("is gone for everybody but attempts, until nothing waits for it any more", async () => {
    const one = webhook({ paused: true });
    await definitions.create(one);
    applier.isBusy = true;
    expect(await definitions.letGo(one.id)).toEqual({ kind: "written", version: 2 });
    expect([await definitions.get(one.id), await definitions.list()]).toEqual([undefined, []]);
    expect(await definitions.letGo(one.id)).toEqual({ kind: "missing" });
    const left = { ...one, revision: 2, leaving: true, events: [], paused: false };
    expect(await definitions.getForAttempt(one.id)).toEqual(left);
    expect((await definitions.changesSince(1)).changes).toEqual([{ id: one.id, webhook: left }]);

    nowMs += 60_000;
    expect(await definitions.removeLeft()).toBe(0);
    applier.isBusy = false;
    expect(await definitions.removeLeft()).toBe(1);
    expect(await definitions.getForAttempt(one.id)).toBeUndefined();
    expect(applier.told).toEqual(["configure 1", "configure 2", "forget from 3"]);
    expect(await redis.zcard(keys.definitions.leaving)).toBe(0);
  });

  test("is deleted although another one cannot be", async () => {
    const ids = [webhook(), webhook()].map((one) => one.id);
    for (const id of ids) {
      await definitions.create(webhook({ id }));
      await definitions.letGo(id);
    }
    const [first = ""] = ids.toSorted();
    await redis.hset(keys.definitions.webhooks, first, "no JSON");
    nowMs += 60_000;
    await expect(definitions.removeLeft()).rejects.toThrow(`webhook ${first} could not be removed`);
    expect(await redis.zrange(keys.definitions.leaving, "0", "-1")).toEqual([first]);
  });

  test("stays for the time in which a process may not have heard of it", async () => {
    const one = webhook();
    await definitions.create(one);
    await definitions.letGo(one.id);
    nowMs += 9_000;
    expect(await definitions.removeLeft()).toBe(0);
    nowMs += 2_000;
    expect(await definitions.removeLeft()).toBe(1);
  });

  test("makes room for a new one under its id, which takes over what waits", async () => {
    const one = webhook();
    await definitions.create(one);
    await definitions.letGo(one.id);
    await definitions.create(webhook({ id: one.id, name: "new", partition: 7 }));
    expect(await definitions.get(one.id)).toMatchObject({ name: "new", partition: 3, revision: 3, leaving: false });
    expect(applier.told.at(-1)).toBe("configure 3 drain");
    nowMs += 60_000;
    expect(await definitions.removeLeft()).toBe(0);
    expect(await redis.zcard(keys.definitions.leaving)).toBe(0);
  });
});

test("a webhook that is created again is newer than every one before it, and owes nothing to a partition of theirs", async () => {
  const one = webhook({ partition: 3 });
  await definitions.create(one);
  for (let revision = 2; revision < 9; revision++) await definitions.update({ ...one, revision }, { drain: false });
  applier.failing = true;
  await expect(definitions.remove(one.id)).rejects.toThrow(/crashed/);
  applier.failing = false;
  applier.told.length = 0;
  await definitions.create({ ...one, partition: 5 });
  expect((await definitions.get(one.id))?.revision).toBeGreaterThan(8);
  expect(applier.told).toEqual(["forget from 3", expect.stringMatching(/^configure/)]);
  expect(await unapplied()).toBe(0);
});
