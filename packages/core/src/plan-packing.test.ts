import { planPacking, savedBytes } from "./plan-packing.ts";
import type { StoredRange } from "./plan-packing.ts";

const MAX = { mergedBytesMax: 256 * 1024, isEnd: true, isAgain: false };

function range(textBytes: number, changes: Partial<StoredRange> = {}): StoredRange {
  return {
    chunk: "c",
    firstByte: 0,
    endByte: textBytes,
    events: 1,
    users: 1,
    textBytes,
    storedBytes: textBytes,
    ...changes,
  };
}

/** The steps in short: `m3` = three ranges are merged, `p` packed, `l` left, `w` left for later. */
function plan(ranges: readonly StoredRange[], options: Partial<typeof MAX> = {}): string {
  return planPacking(ranges, { ...MAX, ...options })
    .map((step) => {
      switch (step.kind) {
        case "merge":
          return `m${step.ranges.length}`;
        case "pack":
          return "p";
        case "leave":
          return step.later ? "w" : "l";
      }
    })
    .join(" ");
}

test("small neighbours are merged as far as one text holds them, and what stands alone is packed where it is", () => {
  const small = Array.from({ length: 300 }, () => range(1_000));
  expect(plan(small)).toBe("m261 m39");
  expect(plan([range(1_000)])).toBe("p");
  expect(plan([range(250_000), range(200_000), range(50_000)])).toBe("p m2");
  expect(plan([])).toBe("");
});

test("a merged text is never longer than one piece, commas included", () => {
  const [half] = [MAX.mergedBytesMax / 2];
  expect(plan([range(half), range(half)])).toBe("p p");
  expect(plan([range(half - 1), range(half - 1)])).toBe("m2");
});

test("an event that lies in pieces is packed where it is, between what is merged", () => {
  expect(plan([range(10), range(10), range(3_000_000), range(10), range(10)])).toBe("m2 p m2");
});

test("a chunk that others use is packed where it is, a small one only after they had their time to let go", () => {
  const shared = range(1_000, { users: 3 });
  expect(plan([range(1_000), shared, shared, range(1_000)])).toBe("p w w p");
  expect(plan([range(1_000), shared], { isAgain: true })).toBe("p p");
  expect(plan([range(100_000, { users: 3 })])).toBe("p");
});

test("what is packed is left, unless it is small and has a neighbour to go with", () => {
  const packed = (bytes: number): StoredRange => range(bytes, { storedBytes: bytes / 8 });
  expect(plan([packed(200_000), packed(1_000), packed(2_000), packed(200_000), packed(1_000)])).toBe("l m2 l l");
});

test("what nobody counted is left", () => {
  expect(plan([range(1_000, { storedBytes: undefined }), range(1_000)])).toBe("l p");
});

test("the last run is left to the next plan where more follows, unless it is all there is", () => {
  expect(plan([range(200_000), range(200_000), range(10)], { isEnd: false })).toBe("p");
  expect(plan([range(10), range(10)], { isEnd: false })).toBe("m2");
});

test("a range has its share of what packing its chunk saves", () => {
  expect(savedBytes(range(1_000, { firstByte: 500 }), 100)).toBe(450);
  expect(savedBytes(range(1_000), 1_000)).toBe(0);
});
