import { mergeTexts } from "./merge-texts.ts";
import type { TextPart } from "./merge-texts.ts";

/** A chunk of these texts, of which those from `from` to `to` are a part. */
function part(texts: readonly string[], from = 0, to = texts.length): TextPart {
  const endOf = (count: number): number => Buffer.byteLength(texts.slice(0, count).join(","));
  const ends = Buffer.alloc(texts.length * 4);
  for (const index of texts.keys()) ends.writeUInt32LE(endOf(index + 1), index * 4);
  return { data: Buffer.from(texts.join(",")), ends, firstByte: from === 0 ? 0 : endOf(from) + 1, endByte: endOf(to) };
}

test("parts of chunks become one chunk of the same events with their ends", () => {
  const merged = mergeTexts([part(["1", "22", "é", "4"], 1, 3), part(["{}"]), part(["55", "6"], 1)]);
  const all = part(["22", "é", "{}", "6"]);
  expect(merged.data.toString()).toBe("22,é,{},6");
  expect(merged.ends).toEqual(all.ends);
  expect(merged.events).toBe(4);
});
