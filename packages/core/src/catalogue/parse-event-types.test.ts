import fc from "fast-check";
import { scanEvents } from "../json/scan-events.ts";
import { createCatalogue } from "./catalogue.ts";
import { documentation } from "./documentation.ts";
import { parseEventTypes } from "./parse-event-types.ts";
import { samples } from "./samples.ts";

const GOOD = {
  type: "payment_failed",
  class: "billing_event",
  display_name: "Payment Failed",
  description: "A payment failed.",
  class_display_name: "Billing Events",
  class_description: "What happens to payments.",
  fields: {
    amount: { description: "How much, in cents.", sample: "1250" },
    customer: { description: "Whose.", sample: { id: 7 } },
  },
};

const parse = (...entries: unknown[]) => parseEventTypes(JSON.stringify(entries));

function paramsOf(text: string): (string | undefined)[] {
  const parsed = parseEventTypes(text);
  return parsed.kind === "bad" ? parsed.problems.map(({ param }) => param) : [];
}

function messageOf(text: string): string {
  const parsed = parseEventTypes(text);
  return parsed.kind === "bad" ? parsed.problems.map(({ message }) => message).join("; ") : "";
}

test("an added type is documented, sampled and known like the built-in ones", () => {
  const parsed = parse(GOOD);
  if (parsed.kind === "bad") throw new Error(JSON.stringify(parsed.problems));
  const catalogue = createCatalogue(parsed.types);
  const documented = JSON.parse(JSON.stringify(documentation(catalogue))) as object;
  expect(documented).toHaveProperty("billing_event", {
    display_name: "Billing Events",
    description: "What happens to payments.",
    events: {
      payment_failed: {
        display_name: "Payment Failed",
        description: "A payment failed.",
        on_premises: false,
        event: {
          amount: { description: "How much, in cents.", sampleValue: "1250" },
          customer: { description: "Whose.", sampleValue: { id: 7 } },
          type: { description: "Which type of event this is.", sampleValue: "payment_failed" },
        },
      },
    },
  });
  const sampled = samples(catalogue, ["payment_failed"]);
  expect(sampled).toEqual([
    { msys: { billing_event: { type: "payment_failed", amount: "1250", customer: { id: 7 } } } },
  ]);
  expect(scanEvents(Buffer.from(JSON.stringify(sampled)), "json").kind).toBe("ok");
});

test("a type may be added to a built-in class, which keeps its texts", () => {
  const { class_display_name: _, class_description: __, ...entry } = GOOD;
  const parsed = parse({ ...entry, class: "message_event" });
  if (parsed.kind === "bad") throw new Error(JSON.stringify(parsed.problems));
  const { display_name, events } = documentation(createCatalogue(parsed.types))["message_event"] ?? {};
  expect(display_name).toBe("Message Events");
  expect(Object.keys(events ?? {})).toHaveLength(9);
  expect(paramsOf(JSON.stringify([{ ...GOOD, class: "message_event" }]))).toEqual([
    "[0].class_display_name",
    "[0].class_description",
  ]);
});

test("an empty list adds nothing", () => {
  expect(parse()).toEqual({ kind: "ok", types: [] });
});

test("every problem of every entry is told at once, with position and field", () => {
  const text = JSON.stringify([
    { ...GOOD, type: "Payment", display_name: "" },
    GOOD,
    { ...GOOD, type: "b", fields: { Amount: GOOD.fields.amount, iban: { description: " " } }, colour: "red" },
    { type: 7, class: "_x", fields: [] },
    null,
    { ...GOOD, type: "a".repeat(65) },
  ]);
  expect(paramsOf(text).toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([
    "[0].display_name",
    "[0].type",
    "[2].colour",
    "[2].fields.Amount",
    "[2].fields.iban.description",
    "[2].fields.iban.sample",
    "[3].class",
    "[3].description",
    "[3].display_name",
    "[3].fields",
    "[3].type",
    "[4]",
    "[5].type",
  ]);
});

test("a type that is built in, or there already, is refused and told so", () => {
  expect(messageOf(JSON.stringify([{ ...GOOD, type: "bounce" }]))).toMatch(/bounce is built in/);
  const twice = JSON.stringify([GOOD, { ...GOOD, type: "other" }, GOOD]);
  expect(paramsOf(twice)).toEqual(["[2].type"]);
  expect(messageOf(twice)).toMatch(/payment_failed is there already, at \[0\]/);
});

test("a class has one name, whichever of its types gives it", () => {
  const { class_display_name: _, class_description: __, ...silent } = GOOD;
  expect(parse(GOOD, { ...GOOD, type: "b" }, { ...silent, type: "c" }).kind).toBe("ok");
  const two = JSON.stringify([GOOD, { ...GOOD, type: "b", class_display_name: "Money" }]);
  expect(paramsOf(two)).toEqual(["[1].class_display_name"]);
});

test("the field type is added where it is missing, and cannot show another type's name", () => {
  const withType = (sample: unknown) =>
    JSON.stringify([{ ...GOOD, fields: { type: { description: "Mine.", sample } } }]);
  expect(parseEventTypes(withType("payment_failed"))).toMatchObject({ kind: "ok" });
  expect(paramsOf(withType("bounce"))).toEqual(["[0].fields.type.sample"]);
});

test("names are small letters, digits and _, and never reach a prototype", () => {
  for (const type of ["constructor", "a", "a1_", "x".repeat(64)]) expect(parse({ ...GOOD, type }).kind).toBe("ok");
  for (const type of ["", "1a", "_a", "a-b", "a b", "é", "bounce\n", "__proto__", null])
    expect([type, paramsOf(JSON.stringify([{ ...GOOD, type }]))]).toEqual([type, ["[0].type"]]);
  const withProto = (place: string) =>
    JSON.stringify([GOOD]).replace(place, `${place}"__proto__":{"description":"d","sample":"s"},`);
  expect(paramsOf(withProto("[{"))).toEqual(["[0].__proto__"]);
  expect(paramsOf(withProto('"fields":{'))).toEqual(["[0].fields"]);
});

test.each([
  ["", /not valid JSON/],
  ["[{", /not valid JSON/],
  ['{"type":"a"}', /not a JSON list/],
  ['"a"', /not a JSON list/],
  ['[{"type":"a","type":"b"}]', /name appears twice/],
  ["[".repeat(100_000), /nests deeper/],
])("%p is refused as a whole", (text, message) => {
  expect(messageOf(text)).toMatch(message);
});

test("a name that an entry has twice is told with its place", () => {
  expect(paramsOf('[{"type":"a"},{"fields":{"b":1,"b":2}}]')).toEqual(["[1].fields.b"]);
});

test("no text makes it throw, and what it takes can be made a catalogue", () => {
  const name = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/), fc.constantFrom("bounce", "Bad", ""));
  const field = fc.record({ description: fc.string(), sample: fc.jsonValue() }, { requiredKeys: [] });
  const entry = fc.record(
    {
      type: name,
      class: name,
      display_name: fc.string(),
      description: fc.string(),
      fields: fc.dictionary(name, field),
      class_display_name: fc.string(),
    },
    { requiredKeys: ["type", "class", "fields"] },
  );
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.array(fc.oneof({ weight: 9, arbitrary: entry }, fc.jsonValue())).map((entries) => JSON.stringify(entries)),
  );
  fc.assert(
    fc.property(text, (given) => {
      const parsed = parseEventTypes(given);
      if (parsed.kind === "bad") expect(parsed.problems.length).toBeGreaterThan(0);
      else expect(createCatalogue(parsed.types).types.size).toBe(29 + parsed.types.length);
    }),
    { numRuns: 500 },
  );
});
