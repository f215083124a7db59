import { backlogLimits, backlogWarning, backlogShare, describeBacklog, viewBacklog } from "./backlog.ts";
import type { BacklogLimits } from "./backlog.ts";

const GB = 1024 ** 3;
const UNSET = { totalBytes: undefined, webhookBytes: undefined };
const LIMITS: BacklogLimits = { totalBytes: 1_000, webhookBytes: 750, basis: "setting" };

describe("the limits of the store", () => {
  test("are 60 % of maxmemory and 75 % of that for one webhook", () => {
    expect(backlogLimits(UNSET, { maxBytes: 10 * GB, machineBytes: 100 * GB })).toEqual({
      totalBytes: 6 * GB,
      webhookBytes: 4.5 * GB,
      basis: "maxmemory",
    });
  });

  test("take a Redis without maxmemory to have 40 % of its machine", () => {
    expect(backlogLimits(UNSET, { maxBytes: 0, machineBytes: 100 * GB })).toEqual({
      totalBytes: 24 * GB,
      webhookBytes: 18 * GB,
      basis: "machine",
    });
  });

  test("are what somebody set, whatever Redis tells", () => {
    const settings = { totalBytes: 100, webhookBytes: 10 };
    for (const memory of [undefined, { maxBytes: 10 * GB, machineBytes: 100 * GB }]) {
      expect(backlogLimits(settings, memory)).toEqual({ ...settings, basis: "setting" });
    }
    const memory = { maxBytes: 10 * GB, machineBytes: 0 };
    expect(backlogLimits({ ...UNSET, totalBytes: 8 * GB }, memory)?.basis).toBe("setting");
    expect(backlogLimits({ ...UNSET, totalBytes: 8 * GB + 1 }, memory)?.basis).toBe("setting-too-high");
    expect(backlogLimits({ ...UNSET, totalBytes: 100 }, undefined)?.webhookBytes).toBe(75);
  });

  test("are unknown when Redis tells neither maxmemory nor its machine's memory, and nobody set them", () => {
    expect(backlogLimits(UNSET, undefined)).toBeUndefined();
    expect(backlogLimits(UNSET, { maxBytes: 0, machineBytes: 0 })).toBeUndefined();
    expect(backlogLimits({ ...UNSET, webhookBytes: 10 }, undefined)).toBeUndefined();
  });
});

describe("a partition's share", () => {
  test("is everything where there is one partition", () => {
    for (const used of [0, 500, 990]) {
      expect(backlogShare(LIMITS, new Map([[0, used]]), 0)).toEqual({
        backlogMaxBytes: 1_000,
        backlogHighBytes: 750,
        webhookBacklogMaxBytes: 750,
      });
    }
  });

  test("is what the others have left", () => {
    const used = new Map([
      [0, 100],
      [1, 200],
      [2, 300],
    ]);
    expect(backlogShare(LIMITS, used, 1)).toMatchObject({ backlogMaxBytes: 600, backlogHighBytes: 350 });
    expect(backlogShare(LIMITS, used, 7)).toMatchObject({ backlogMaxBytes: 400, backlogHighBytes: 150 });
  });

  test("is nothing where the others hold more than all", () => {
    const used = new Map([
      [0, 1_200],
      [1, 300],
    ]);
    expect(backlogShare(LIMITS, used, 1)).toMatchObject({ backlogMaxBytes: 0, backlogHighBytes: 150 });
  });

  test("of what is too much is in proportion, so that together they delete no more than needed", () => {
    const used = new Map([
      [0, 600],
      [1, 300],
    ]);
    const high = [0, 1].map((partition) => backlogShare(LIMITS, used, partition).backlogHighBytes);
    expect(high).toEqual([500, 250]);
  });
});

test("says in words how full the store is, and what to do where the limit is a guess", () => {
  const describe = (usedBytes: number, limits: BacklogLimits): string =>
    describeBacklog(viewBacklog([{ usedBytes, limits }]));
  expect(describe(250, { ...LIMITS, totalBytes: 2 * GB })).toBe("0 % of 2 GB (BACKLOG_MAX_BYTES)");
  expect(describe(3 * GB, { totalBytes: 6 * GB, webhookBytes: 1, basis: "maxmemory" })).toBe(
    "50 % of 6 GB (60 % of Redis' maxmemory)",
  );
  expect(describe(0, { ...LIMITS, basis: "machine" })).toMatch(/set that, .* or BACKLOG_MAX_BYTES.* container/);
  expect(describe(0, { ...LIMITS, basis: "setting-too-high" })).toMatch(/more than 80 % of Redis' maxmemory/);
  const bases = ["setting", "maxmemory", "machine", "setting-too-high"] as const;
  expect(bases.map((basis) => backlogWarning({ ...LIMITS, basis }))).toEqual([
    undefined,
    undefined,
    "backlog.limit-guessed",
    "backlog.limit-too-high",
  ]);
});

test("several masters hold what all of them may, and are as full as the fullest", () => {
  const own: BacklogLimits = { totalBytes: 2 * GB, webhookBytes: GB, basis: "maxmemory" };
  const view = viewBacklog([
    { usedBytes: GB / 2, limits: own },
    { usedBytes: GB, limits: { ...own, webhookBytes: GB / 2, basis: "machine" } },
    { usedBytes: 0, limits: own },
  ]);
  expect(view).toMatchObject({
    usedBytes: 1.5 * GB,
    limits: { totalBytes: 6 * GB, webhookBytes: GB / 2, basis: "machine" },
    masters: 3,
  });
  expect(describeBacklog(view)).toMatch(/^50 % of 2 GB, on the fullest of 3 masters \(24 % of the memory/);
});
