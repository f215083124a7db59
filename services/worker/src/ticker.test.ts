import { waitFor } from "../../../test/support/wait-for.ts";
import { startTicker } from "./ticker.ts";
import type { Ticker } from "./ticker.ts";

const STARTED_MS = performance.now();
let ticker: Ticker | undefined;
let looks: Map<number, number>;
let warnings: string[];

beforeEach(() => {
  looks = new Map();
  warnings = [];
});
afterEach(() => ticker?.stop());

/** Looks at the partitions 0 and 1, of which the first answers as told. */
function watch(first: () => Promise<boolean>): Ticker {
  ticker = startTicker({
    batches: {
      isDue: async (partition) => {
        looks.set(partition, (looks.get(partition) ?? 0) + 1);
        return partition === 0 ? first() : false;
      },
      tick: async () => false,
    },
    partitions: () => [0, 1],
    stepPatienceMs: 500,
    warn: (error) => warnings.push(String(error)),
  });
  return ticker;
}

test("a partition that never answers keeps no other waiting, and is asked again", async () => {
  const { lastLookMs } = watch(() => new Promise(() => undefined));
  await waitFor("looks at the other partition", () => (looks.get(1) ?? 0) >= 6);
  await waitFor("another look at the silent one", () => (looks.get(0) ?? 0) >= 2);
  expect(warnings[0]).toContain("has not answered for 500 ms");
  // The truth is told by the one that was not looked at.
  expect(performance.now() - lastLookMs()).toBeGreaterThan(500);
});

test("looking goes on after an error, and is as old as the last success", async () => {
  let fails = true;
  const { lastLookMs } = watch(async () => {
    if (fails) throw new Error("Redis is away");
    return false;
  });
  await waitFor("two failures", () => warnings.length >= 2);
  const before = lastLookMs();
  expect(before).toBeGreaterThan(STARTED_MS);
  fails = false;
  await waitFor("a newer look", () => lastLookMs() > before);
});
