import fc from "fast-check";
import { createEventLines } from "./event-lines.ts";

function convert(body: string, partBytes = Infinity): string {
  const toLines = createEventLines();
  const bytes = Buffer.from(body);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += Math.min(partBytes, bytes.length)) {
    parts.push(toLines(bytes.subarray(at, at + partBytes)));
  }
  return Buffer.concat(parts).toString();
}

test("each event is a line, and what is inside of it stays as it is", () => {
  expect(convert('[{"a":[1,2,{"b":"],[\\"}"}]},{"c":"\\\\"}]')).toBe('{"a":[1,2,{"b":"],[\\"}"}]}\n{"c":"\\\\"}\n');
});

test("line breaks within an event become spaces", () => {
  expect(convert('[{\r\n  "a": "x\\ny"\n}]')).toBe('{    "a": "x\\ny" }\n');
});

test("an empty list has no line", () => {
  expect(convert("[]")).toBe("");
});

test("whatever the events and the parts, each line is an event again", () => {
  const event = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(fc.array(event), fc.boolean(), fc.integer({ min: 1, max: 9 }), (events, isPretty, partBytes) => {
      const texts = events.map((one) => JSON.stringify(one, null, isPretty ? 2 : undefined));
      const lines = convert(`[${texts.join(",")}]`, partBytes).split("\n");
      expect(lines.pop()).toBe("");
      expect(lines.map((line) => JSON.stringify(JSON.parse(line)))).toEqual(events.map((one) => JSON.stringify(one)));
    }),
  );
});
