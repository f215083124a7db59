import { createCatalogue } from "./catalogue.ts";
import type { EventType } from "./event-type.ts";

const ON_PREMISES =
  "ad_adjust ad_status bounce click delay delivery generation_failure generation_rejection injection link_unsubscribe list_unsubscribe open out_of_band policy_rejection sms_status spam_complaint";

const { types, isKnown } = createCatalogue();

const fieldsOf = (type: string): readonly string[] => [...(types.get(type)?.fields.keys() ?? [])];

const ADDED: EventType = {
  type: "payment_failed",
  class: "billing_event",
  displayName: "Payment Failed",
  description: "A payment failed.",
  onPremises: false,
  fields: new Map([["type", { description: "Which type.", sample: "payment_failed", isSampled: true }]]),
};

test("the catalogue has 29 event types in 8 classes (facts §3.1)", () => {
  const byClass = new Map<string, number>();
  for (const entry of types.values()) byClass.set(entry.class, (byClass.get(entry.class) ?? 0) + 1);
  expect(Object.fromEntries(byClass)).toEqual({
    message_event: 8,
    track_event: 6,
    gen_event: 2,
    unsubscribe_event: 2,
    relay_event: 5,
    ab_test_event: 2,
    ingest_event: 2,
    adaptive_event: 2,
  });
});

test("every entry is found under its own type and says what it is", () => {
  for (const [type, entry] of types) {
    expect(entry.type).toBe(type);
    expect(entry.displayName).not.toBe("");
    expect(entry.description).toMatch(/\.$/);
  }
});

test("an on-premises Momentum sends sixteen of the types (facts §3.1)", () => {
  const sent = [...types.values()].filter((entry) => entry.onPremises).map((entry) => entry.type);
  expect(sent.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(ON_PREMISES.split(" "));
});

test("every type has its type and time among its fields, sorted", () => {
  for (const type of types.keys()) {
    const fields = fieldsOf(type);
    expect(fields).toEqual(fields.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(fields).toEqual(expect.arrayContaining(["type", "timestamp", "customer_id"]));
    for (const field of fields) expect(field).toMatch(/^[a-z_]+$/);
  }
});

test("field lists differ where the types do (facts §3.5)", () => {
  expect(fieldsOf("bounce")).toEqual(expect.arrayContaining(["bounce_class", "raw_reason", "binding"]));
  expect(fieldsOf("delivery")).not.toContain("bounce_class");
  expect(fieldsOf("click")).toContain("target_link_url");
  expect(fieldsOf("open")).not.toContain("target_link_url");
  expect(fieldsOf("sms_status")).not.toContain("event_id");
  expect(fieldsOf("ad_adjust")).toHaveLength(11);
});

test.each(["__proto__", "constructor", "toString", "", "message_event", "Delivery"])("%j is no event type", (type) => {
  expect(isKnown(type)).toBe(false);
});

test("an added type is known like a built-in one, and one that is there twice is a bug", () => {
  const catalogue = createCatalogue([ADDED]);
  expect(catalogue.isKnown("payment_failed")).toBe(true);
  expect(catalogue.types.size).toBe(30);
  expect(isKnown("payment_failed")).toBe(false);
  expect(() => createCatalogue([ADDED, ADDED])).toThrow(/payment_failed.*twice/);
});
