import { EVENT_TYPES, isKnownEventType } from "./event-types.ts";

const ON_PREMISES =
  "ad_adjust ad_status bounce click delay delivery generation_failure generation_rejection injection link_unsubscribe list_unsubscribe open out_of_band policy_rejection sms_status spam_complaint";

const fieldsOf = (type: string): readonly string[] => EVENT_TYPES.get(type)?.fields ?? [];

test("the catalogue has 29 event types in 8 classes", () => {
  const byClass = new Map<string, number>();
  for (const entry of EVENT_TYPES.values()) byClass.set(entry.class, (byClass.get(entry.class) ?? 0) + 1);
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
  for (const [type, entry] of EVENT_TYPES) {
    expect(entry.type).toBe(type);
    expect(entry.displayName).not.toBe("");
    expect(entry.description).toMatch(/\.$/);
  }
});

test("an on-premises Momentum sends sixteen of the types", () => {
  const sent = [...EVENT_TYPES.values()].filter((entry) => entry.onPremises).map((entry) => entry.type);
  expect(sent.toSorted()).toEqual(ON_PREMISES.split(" "));
});

test("every type has its type and time among its fields, sorted and without repetition", () => {
  for (const { fields } of EVENT_TYPES.values()) {
    expect(fields).toEqual([...new Set(fields)].toSorted());
    expect(fields).toEqual(expect.arrayContaining(["type", "timestamp", "customer_id"]));
    for (const field of fields) expect(field).toMatch(/^[a-z_]+$/);
  }
});

test("field lists differ where the types do", () => {
  expect(fieldsOf("bounce")).toEqual(expect.arrayContaining(["bounce_class", "raw_reason", "binding"]));
  expect(fieldsOf("delivery")).not.toContain("bounce_class");
  expect(fieldsOf("click")).toContain("target_link_url");
  expect(fieldsOf("open")).not.toContain("target_link_url");
  expect(fieldsOf("sms_status")).not.toContain("event_id");
  expect(fieldsOf("ad_adjust")).toHaveLength(11);
});

test.each(["__proto__", "constructor", "toString", "", "message_event", "Delivery"])("%j is no event type", (type) => {
  expect(isKnownEventType(type)).toBe(false);
});
