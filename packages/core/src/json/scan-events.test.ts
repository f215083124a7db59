import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { scanEvents } from "./scan-events.ts";
import { UNNAMED_SUBACCOUNT, UNREADABLE_SUBACCOUNT } from "../subaccount.ts";
import { skipValue, skipWhite } from "./skip-value.ts";

function isJson(text: Buffer): boolean {
  try {
    JSON.parse(text.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

function isAccepted(body: Buffer): boolean {
  try {
    return skipWhite(body, skipValue(body, 0)) === body.length;
  } catch {
    return false;
  }
}

function ok(text: string | Buffer, format: "json" | "ndjson" = "json") {
  const body = Buffer.from(text);
  const scan = scanEvents(body, format);
  if (scan.kind !== "ok") throw new Error(JSON.stringify(scan.problems));
  const { starts, ends, types, typeNames } = scan.events;
  return starts.map((start, index) => ({
    text: body.toString("utf8", start, ends[index]),
    type: typeNames[types[index] ?? -1],
  }));
}

function subaccountsOf(text: string): readonly number[] {
  const scan = scanEvents(Buffer.from(text), "json");
  if (scan.kind !== "ok") throw new Error(JSON.stringify(scan.problems));
  return scan.events.subaccounts;
}

function problems(text: string | Buffer, format: "json" | "ndjson" = "json") {
  const scan = scanEvents(Buffer.from(text), format);
  return scan.kind === "bad" ? scan.problems : [];
}

const event = fc
  .tuple(fc.string({ unit: "grapheme" }), fc.string(), fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()))
  .map(([type, className, fields]) => {
    const { type: _type, ...rest } = fields;
    return { msys: { [className === "__proto__" ? "x" : className]: { ...rest, type } } };
  });
const spaces = fc.constantFrom("", " ", "\n", "\t\r\n ");

test("the scanner accepts exactly what JSON.parse accepts, also of damaged texts", () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ stringUnit: "grapheme" }),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(...Array.from('{}[]",:\\0123456789.eE+-tfnu \n\u0001x'))), {
        maxLength: 3,
      }),
      fc.constantFrom(undefined, 1, 2),
      (value, edits, indent) => {
        let text = JSON.stringify(value, null, indent);
        for (const [at, char] of edits) {
          const index = at % (text.length + 1);
          text = text.slice(0, index) + char + text.slice(index + (at % 2));
        }
        const body = Buffer.from(text);
        expect(isAccepted(body)).toBe(isJson(body));
      },
    ),
    { numRuns: 3_000 },
  );
});

test("each event's text and type are found, as JSON.parse sees them", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), spaces, fc.constantFrom(undefined, 1), (events, space, indent) => {
      const text = `${space}[${events.map((one) => space + JSON.stringify(one, null, indent) + space).join(",")}]${space}`;
      const found = ok(text);
      expect(found.map((one) => JSON.parse(one.text) as unknown)).toEqual(JSON.parse(text));
      expect(found.map((one) => one.type)).toEqual(events.map((one) => Object.values(one.msys)[0]?.["type"]));
    }),
  );
});

test("NDJSON is taken line by line, blank lines and CRLF included", () => {
  fc.assert(
    fc.property(
      fc.array(event, { minLength: 1, maxLength: 8 }),
      fc.constantFrom("\n", "\r\n", "\n\n"),
      (events, end) => {
        const found = ok(events.map((one) => JSON.stringify(one)).join(end) + end, "ndjson");
        expect(found.map((one) => one.text)).toEqual(events.map((one) => JSON.stringify(one)));
      },
    ),
  );
});

test("one event needs no array, and an empty array holds none", () => {
  expect(ok(' {"msys":{"a":{"type":"open"}}} ')).toEqual([{ text: '{"msys":{"a":{"type":"open"}}}', type: "open" }]);
  expect(ok("[ ]")).toEqual([]);
});

test("escaped names count, the last of several types wins, and all else is opaque", () => {
  expect(ok('[{"m\\u0073ys":{"a":{"t\\u0079pe":"op\\u0065n"}}}]')[0]?.type).toBe("open");
  const text = '{"other":1,"msys":{"a":{"type":"x","__proto__":{"a":1},"a":1,"a":2,"type":"click"}}}';
  expect(ok(`[${text}]`)).toEqual([{ text, type: "click" }]);
});

test.each([
  ["", UNNAMED_SUBACCOUNT],
  [',"subaccount_id":7', 7],
  [', "subaccount_id" : "101" ', 101],
  [',"subaccount\\u005fid":7', 7],
  [',"\\u0073ubaccount_id":7', 7],
  [',"s\\u0075baccount_id":7', 7],
  [',"subaccount_id":7,"subaccount_id":"7"', 7],
  [',"subaccount_id":7,"subaccount_id":"8"', UNREADABLE_SUBACCOUNT],
  [',"subaccount_id":8,"subaccount_id":null', UNREADABLE_SUBACCOUNT],
  [',"subaccount_id":0', 0],
  [',"subaccount_id":null', UNNAMED_SUBACCOUNT],
  [',"subaccount_id":""', UNNAMED_SUBACCOUNT],
  [',"subaccount_id":"seven"', UNREADABLE_SUBACCOUNT],
  [',"subaccount_id":-1', UNREADABLE_SUBACCOUNT],
  [',"subaccount_id":1.5', UNREADABLE_SUBACCOUNT],
  [',"subaccount_id":[7]', UNREADABLE_SUBACCOUNT],
  [',"subaccount_ids":7,"subaccount":8,"deep":{"subaccount_id":9}', UNNAMED_SUBACCOUNT],
])("an event with %p has the subaccount %p", (field, subaccount) => {
  expect(subaccountsOf(`[{"msys":{"c":{"type":"x"${field}}}},{"msys":{"c":{"type":"x"}}}]`)).toEqual([
    subaccount,
    UNNAMED_SUBACCOUNT,
  ]);
});

test("every bad position is named, up to twenty", () => {
  expect(
    problems(
      '[{"msys":{"a":{"type":"x"}}},{},{"msys":1},{"msys":{}},{"msys":{"a":{},"b":{}}},{"msys":{"a":{"type":3}}},7]',
    ),
  ).toEqual([
    expect.objectContaining({ param: "[1].msys" }),
    expect.objectContaining({ param: "[2].msys" }),
    expect.objectContaining({ param: "[3].msys" }),
    expect.objectContaining({ param: "[4].msys" }),
    expect.objectContaining({ param: "[5].msys.*.type" }),
    expect.objectContaining({ param: "[6].msys" }),
  ]);
  expect(problems(`[${Array(50).fill("1").join(",")}]`)).toHaveLength(20);
  expect(problems('[{"msys":{"a":{"type":"x"}},"msys":{"a":{"type":"x"}}}]')).toHaveLength(1);
});

test("malformed JSON is refused with its place", () => {
  expect(problems('[{"msys":{"a":{"type":"x"}}},{"msys":}]')).toEqual([
    { message: 'Malformed JSON at byte 37: expected a value, but there is "}"', param: "[1]" },
  ]);
  expect(problems('[{"msys":')[0]?.message).toMatch(/the body ends/);
  expect(problems("")[0]?.message).toMatch(/Malformed JSON at byte 0/);
  expect(problems("", "ndjson")).toHaveLength(1);
  expect(problems('{"msys":{"a":{"type":"x"}}}{"msys":{"a":{"type":"x"}}}', "ndjson")).toHaveLength(1);
  expect(problems('{"msys":{"a":{"type":"x"}}}\n\n{"msys":{"a":{"type":"x"}}\n}', "ndjson")).toEqual([
    {
      message: 'Malformed JSON at line 3, byte 55: expected a comma or the end of the object, but there is "\\n"',
      param: "[1]",
    },
  ]);
});

test("names that only look like the envelope's are opaque", () => {
  const text =
    '{"msys":{"a":{"types":1,"typ":2,"mtype":3,"t\\u0079pes":4,"t\\\\ype":5,"\\u0074ype":"open"}},"msysx":1,"\\u006dsy":2}';
  expect(ok(`[${text}]`)).toEqual([{ text, type: "open" }]);
});

test("bytes flipped anywhere are accepted or refused as JSON.parse would after checking UTF-8", () => {
  fc.assert(
    fc.property(
      fc.array(event, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 3 }),
      (events, edits) => {
        const body = Buffer.from(JSON.stringify(events));
        for (const [at, byte] of edits) body[at % body.length] = byte;
        const scan = scanEvents(body, "json");
        const isMalformed = scan.kind === "bad" && /^(Malformed|The body)/.test(scan.problems[0]?.message ?? "");
        expect(isMalformed).toBe(!(isUtf8(body) && isJson(body)));
      },
    ),
    { numRuns: 2_000 },
  );
});

test("a hundred thousand nested arrays are refused, as is a body that is no UTF-8", () => {
  expect(problems("[".repeat(100_000))[0]?.message).toMatch(/nested/);
  expect(problems(`{"msys":{"a":{"type":"x","deep":${"[".repeat(511)}${"]".repeat(511)}}}}`)[0]?.message).toMatch(
    /nested/,
  );
  expect(problems(Buffer.from([0x22, 0xff, 0x22]))[0]?.message).toMatch(/UTF-8/);
});
