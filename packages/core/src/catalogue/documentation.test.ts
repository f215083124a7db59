import { createCatalogue } from "./catalogue.ts";
import { documentation } from "./documentation.ts";
import type { EventType } from "./event-type.ts";

const catalogue = createCatalogue();
const documented = documentation(catalogue);

const added = (type: string, classDoc?: EventType["classDoc"]): EventType => ({
  type,
  class: "billing_event",
  ...(classDoc === undefined ? {} : { classDoc }),
  displayName: type,
  description: `${type}.`,
  onPremises: false,
  fields: new Map([["type", { description: "Which type.", sample: type, isSampled: true }]]),
});

test("facts §3.6: the documentation is class → type → field, under the original's names", () => {
  const { events = {}, ...ofClass } = documented["message_event"] ?? {};
  expect(ofClass).toEqual({ display_name: "Message Events", description: expect.any(String) as string });
  const { event = {}, ...ofType } = events["bounce"] ?? {};
  expect(ofType).toEqual({ display_name: "Bounce", description: expect.any(String) as string, on_premises: true });
  expect(event["type"]).toEqual({ description: expect.any(String) as string, sampleValue: "bounce" });
});

test("facts §3.1: every type is documented once, below its class", () => {
  const found = Object.entries(documented).flatMap(([name, { events }]) =>
    Object.keys(events).map((type) => [type, name]),
  );
  expect(found).toEqual([...catalogue.types.values()].map((entry) => [entry.type, entry.class]));
});

test("facts §3.4: every field of every type says what it means, and its sample is a text, an object or a list", () => {
  for (const { events } of Object.values(documented)) {
    for (const [type, { event }] of Object.entries(events)) {
      expect(Object.keys(event)).toEqual([...(catalogue.types.get(type)?.fields.keys() ?? [])]);
      for (const { description, sampleValue } of Object.values(event)) {
        expect(description).toMatch(/^[A-Z0-9].{10,}\.$/);
        expect(["string", "object"]).toContain(typeof sampleValue);
        expect(sampleValue).not.toBe("");
        expect(sampleValue).not.toBeNull();
      }
    }
  }
});

test("facts §3.1: types are marked by whether an on-premises Momentum sends them", () => {
  const marks = Object.fromEntries(
    Object.values(documented).flatMap(({ events }) =>
      Object.entries(events).map(([type, { on_premises }]) => [type, on_premises]),
    ),
  );
  expect(marks).toMatchObject({
    bounce: true,
    ad_status: true,
    amp_click: false,
    relay_injection: false,
    error: false,
  });
});

test("facts §3.4: a field means what it means for its type", () => {
  const meaning = (name: string, type: string, field: string): string =>
    documented[name]?.events[type]?.event[field]?.description ?? "";
  expect(meaning("message_event", "delivery", "ip_address")).toMatch(/delivered to/);
  expect(meaning("track_event", "click", "ip_address")).toMatch(/recipient’s program/);
  expect(meaning("message_event", "delay", "reason")).toMatch(/wait/);
  expect(meaning("message_event", "bounce", "reason")).toMatch(/refused/);
});

test("an added class has the texts that the first of its types gives, else its name", () => {
  const view = (...types: EventType[]) => documentation(createCatalogue(types))["billing_event"];
  expect(view(added("paid"))).toMatchObject({
    display_name: "Billing Event",
    description: "Events of the added class billing_event.",
  });
  const texts = { displayName: "Billing", description: "Who has paid." };
  expect(view(added("paid"), added("unpaid", texts))).toMatchObject({
    display_name: "Billing",
    description: "Who has paid.",
    events: { paid: { on_premises: false }, unpaid: { on_premises: false } },
  });
});

test("a class, type or field that is called like a member of every object is documented like any other", () => {
  const odd: EventType = {
    ...added("constructor"),
    class: "tostring",
    fields: new Map([["constructor", { description: "Odd.", sample: "x", isSampled: true }]]),
  };
  const text = JSON.stringify(documentation(createCatalogue([odd]))["tostring"]?.events);
  expect(JSON.parse(text)).toMatchObject({
    constructor: { event: { constructor: { description: "Odd.", sampleValue: "x" } } },
  });
});
