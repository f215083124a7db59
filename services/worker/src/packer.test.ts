import { waitFor } from "../../../test/support/wait-for.ts";
import { startPacker } from "./packer.ts";
import type { Packer } from "./packer.ts";

let packer: Packer | undefined;
let packed: number[];
let warnings: string[];

beforeEach(() => {
  packed = [];
  warnings = [];
});
afterEach(() => packer?.stop());

/** Packs the partitions 0 and 1, where something is due as told. */
function start(isDue: (partition: number) => Promise<boolean>, pack = async (): Promise<boolean> => true): Packer {
  packer = startPacker({
    packing: {
      isDue,
      packNext: async (partition) => {
        packed.push(partition);
        return pack();
      },
    },
    partitions: () => [0, 1],
    warn: (error) => warnings.push(String(error)),
  });
  return packer;
}

test("partitions in which much is cold take turns", async () => {
  let batches = 6;
  start(async () => batches-- > 0);
  await waitFor("six batches", () => packed.length === 6);
  expect(packed).toEqual([0, 1, 0, 1, 0, 1]);
});

test("packing goes on after an error, which keeps no other partition waiting", async () => {
  let looks = 0;
  start(
    async (partition) => {
      if (partition === 0) throw new Error("Redis is away");
      return ++looks <= 2;
    },
    async () => false,
  );
  await waitFor("the other partition, twice", () => packed.length === 2);
  expect(packed).toEqual([1, 1]);
  expect(warnings).toContain("Error: Redis is away");
});

test("a packer that is stopped leaves the rest of its batch, and takes no other", async () => {
  let wasAborted: boolean | undefined;
  const { stop } = startPacker({
    packing: {
      isDue: async () => true,
      packNext: async (partition, signal) => {
        packed.push(partition);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        wasAborted = signal.aborted;
        return true;
      },
    },
    partitions: () => [0, 1],
    warn: () => undefined,
  });
  await waitFor("a batch in hand", () => packed.length === 1);
  await stop();
  expect(wasAborted).toBe(true);
  expect(packed).toEqual([0]);
});

test("a stop does not wait for a Redis that never answers", async () => {
  const { stop } = start(
    async () => true,
    () => new Promise(() => undefined),
  );
  await waitFor("a batch in hand", () => packed.length === 1);
  await stop();
  expect(warnings).toEqual([]);
});
