import fc from "fast-check";
import type { BatchId } from "@posthorn/core";
import { comparePositions, cursorText, LISTED, parseCursor } from "./batch-cursor.ts";
import type { BatchCursor } from "./batch-cursor.ts";

const id = fc.uuid().map((text) => text as BatchId);
const position = fc.record({ score: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0), id });
const cursor: fc.Arbitrary<BatchCursor> = fc.record({
  from: fc.constantFrom(...LISTED),
  after: fc.option(position, { nil: undefined }),
});

test("a cursor's text is read as that cursor", () => {
  fc.assert(fc.property(cursor, (given) => expect(parseCursor(cursorText(given))).toEqual(given)));
});

test("any other text is no cursor", () => {
  const wrong = [
    [],
    ["open", 1],
    ["closed"],
    ["open", "1", "x"],
    ["ready", 1, "no id"],
    null,
    7,
    "open",
    { from: "open" },
  ];
  for (const value of wrong) {
    expect(parseCursor(Buffer.from(JSON.stringify(value)).toString("base64url"))).toBeUndefined();
  }
  fc.assert(fc.property(fc.string(), (text) => expect(["undefined", "object"]).toContain(typeof parseCursor(text))));
});

test("positions of the same score are told apart by their ids", () => {
  fc.assert(
    fc.property(position, position, (a, b) => {
      expect(Math.sign(comparePositions(a, b))).toBe(-Math.sign(comparePositions(b, a)) + 0);
      expect(comparePositions(a, b) === 0).toBe(a.score === b.score && a.id === b.id);
    }),
  );
});
