import { chooseConfirmation, describeDurability, fsyncRefusal, isOnDisk, weakestPersistence } from "./durability.ts";
import type { RedisPersistence } from "./durability.ts";

const OLD: RedisPersistence = {
  version: "7.0.15",
  appendOnly: true,
  appendFsync: "always",
  snapshots: false,
  replicas: 0,
};
const NEW: RedisPersistence = { ...OLD, version: "7.2.4" };
const FSYNC = { kind: "fsync" } as const;

describe("what an append waits for", () => {
  test("is Redis' answer where nothing more is asked for, whatever Redis does", () => {
    for (const redis of [OLD, NEW, { ...OLD, appendOnly: false }, { ...OLD, appendFsync: "no" }]) {
      expect(chooseConfirmation({ kind: "as-found" }, redis)).toEqual({ kind: "answer" });
    }
  });

  test("is WAITAOF from Redis 7.2 on, also where its settings are hidden", () => {
    for (const version of ["7.2.4", "7.10.0", "8.0.1", "10.0.0"]) {
      expect(chooseConfirmation(FSYNC, { ...NEW, version, appendFsync: "everysec" })).toEqual({ kind: "fsync" });
    }
    expect(chooseConfirmation(FSYNC, { ...NEW, appendOnly: undefined, appendFsync: undefined })).toEqual(FSYNC);
  });

  test("is Redis' answer before 7.2 when it writes before it answers, and else it is refused with what to do", () => {
    expect(chooseConfirmation(FSYNC, OLD)).toEqual({ kind: "answer" });
    for (const appendFsync of ["everysec", undefined]) {
      expect(chooseConfirmation(FSYNC, { ...OLD, appendFsync })).toEqual({
        kind: "refused",
        why: expect.stringMatching(/no WAITAOF.*Set appendfsync always, or use Redis 7\.2 or newer/) as string,
      });
    }
    expect(chooseConfirmation(FSYNC, { ...OLD, version: "unknown", appendFsync: "everysec" }).kind).toBe("refused");
  });

  test("is refused where nothing would be written in time", () => {
    for (const redis of [OLD, NEW]) {
      expect(chooseConfirmation(FSYNC, { ...redis, appendOnly: false })).toMatchObject({
        kind: "refused",
        why: expect.stringContaining("Set appendonly yes") as string,
      });
      expect(chooseConfirmation(FSYNC, { ...redis, appendFsync: "no" })).toMatchObject({
        kind: "refused",
        why: expect.stringContaining("Set appendfsync always") as string,
      });
    }
  });

  test("is as many replicas as asked for", () => {
    expect(chooseConfirmation({ kind: "replica", replicas: 2 }, OLD)).toEqual({ kind: "replicas", replicas: 2 });
  });
});

test("of several masters the weakest counts", () => {
  expect(weakestPersistence([NEW])).toEqual(NEW);
  expect(
    weakestPersistence([
      { ...NEW, version: "7.10.0", replicas: 2 },
      { ...NEW, appendFsync: "everysec", replicas: 1 },
      { ...NEW, version: "8.0", snapshots: undefined },
    ]),
  ).toEqual({ version: "7.2.4", appendOnly: true, appendFsync: "everysec", snapshots: false, replicas: 0 });
  expect(weakestPersistence([NEW, { ...NEW, appendOnly: undefined, appendFsync: undefined }])).toMatchObject({
    appendOnly: undefined,
    appendFsync: undefined,
  });
  expect(
    weakestPersistence([
      { ...NEW, appendOnly: undefined },
      { ...NEW, appendOnly: false },
    ]).appendOnly,
  ).toBe(false);
});

test("words say what is lost by which crash", () => {
  const words = (found: Partial<RedisPersistence>, kind: "as-found" | "fsync" = "as-found"): string =>
    describeDurability({ kind }, { ...NEW, ...found });
  expect(words({})).toMatch(/survives a crash of Redis and of its machine \(AOF/);
  expect(words({ appendFsync: "everysec" })).toMatch(/may be lost when Redis or its machine crashes/);
  expect(words({ appendFsync: "no" })).toMatch(/may be lost when the machine of Redis crashes/);
  expect(words({ appendOnly: false, snapshots: true })).toMatch(/since the last snapshot are lost/);
  expect(words({ appendOnly: false })).toMatch(/persists nothing/);
  expect(words({ appendOnly: undefined, appendFsync: undefined })).toMatch(/unknown/);
  expect(words({ appendOnly: false, snapshots: undefined })).toMatch(/unknown/);
  expect(words({ appendFsync: "everysec" }, "fsync")).toMatch(/survives a crash of Redis and of its machine .*WAITAOF/);
  expect(words({ version: "7.0.15", appendFsync: "everysec" }, "fsync")).toMatch(/may be lost.*cannot be kept/);
});

test("words tell of replicas: that one may lag, or how many are waited for", () => {
  expect(describeDurability({ kind: "as-found" }, { ...OLD, replicas: 1 })).toMatch(
    /a replica that takes over may lack/,
  );
  expect(describeDurability({ kind: "replica", replicas: 2 }, { ...OLD, replicas: 1 })).toMatch(
    /the answer waits for 2 by WAIT; 1 connected/,
  );
});

test("an append that waits for the answer only is refused as soon as Redis no longer writes before it answers", () => {
  expect(fsyncRefusal(OLD)).toBeUndefined();
  expect(fsyncRefusal(NEW)).toBeUndefined();
  for (const changed of [{ appendFsync: "everysec" }, { appendFsync: "no" }, { appendOnly: false }]) {
    expect(fsyncRefusal({ ...OLD, ...changed })).toMatch(/^DURABILITY=fsync/);
    expect(fsyncRefusal({ ...NEW, ...changed })).toMatch(/^DURABILITY=fsync/);
  }
});

test("an acknowledged event is on disk where every write is, or the answer waits for it", () => {
  const on = (found: Partial<RedisPersistence>, kind: "as-found" | "fsync" = "as-found"): boolean | undefined =>
    isOnDisk({ kind }, { ...NEW, ...found });
  expect(on({})).toBe(true);
  expect(on({ appendFsync: "everysec" })).toBe(false);
  expect(on({ appendFsync: "everysec" }, "fsync")).toBe(true);
  expect(on({ version: "7.0.15", appendFsync: "everysec" }, "fsync")).toBe(false);
  expect(on({ appendOnly: false })).toBe(false);
  expect(on({ appendOnly: undefined })).toBeUndefined();
  expect(on({ appendFsync: undefined })).toBeUndefined();
});
