import { scanEvents } from "../json/scan-events.ts";
import { createCatalogue } from "./catalogue.ts";
import { samples } from "./samples.ts";

const catalogue = createCatalogue();
const all = samples(catalogue, catalogue.types.keys());

/** Events of the one imaginary mail: all that have its id in their life. */
const OF_THE_MAIL = [...catalogue.types.values()]
  .filter(({ class: name, fields }) => fields.has("message_id") && name !== "relay_event")
  .map(({ type }) => type);
const OF_THE_REPLY = [...catalogue.types.values()].filter((entry) => entry.class === "relay_event").map((e) => e.type);

/** Times at which an attempt ended, whose queue time is up to then. */
const ATTEMPTS = ["delay", "delivery", "bounce", "relay_tempfail", "relay_delivery", "relay_permfail"];

function record(type: string): Readonly<Record<string, unknown>> {
  const [event] = samples(catalogue, [type]);
  return Object.values(event?.msys ?? {})[0] ?? {};
}

function valuesOf(types: readonly string[], field: string): Set<unknown> {
  const listed = types.filter((type) => catalogue.types.get(type)?.fields.has(field));
  return new Set(listed.map((type) => record(type)[field]));
}

const secondsOf = (type: string): number => Number(record(type)["timestamp"]);
const injectedAtMs = (type: string): number => Date.parse(String(record(type)["injection_time"]));

test("facts §3.6: a sample is an event in its envelope, one of each type, in the order asked for", () => {
  expect(samples(catalogue, ["click", "bounce"])).toEqual([
    { msys: { track_event: expect.objectContaining({ type: "click" }) as object } },
    { msys: { message_event: expect.objectContaining({ type: "bounce" }) as object } },
  ]);
  expect(all).toHaveLength(29);
});

test("what the samples show is taken by the scanner of events, as a batch and one by one", () => {
  expect(scanEvents(Buffer.from(JSON.stringify(all)), "json")).toMatchObject({
    kind: "ok",
    events: { count: 29, typeNames: [...catalogue.types.keys()] },
  });
});

test("facts §3.5: a sample has fields of its type only, and all of them but those of other kinds of message", () => {
  for (const [type, { fields }] of catalogue.types) {
    const left = [...fields.keys()].filter((name) => !Object.hasOwn(record(type), name));
    expect(Object.keys(record(type)).filter((name) => !fields.has(name))).toEqual([]);
    for (const name of left) expect(name).toMatch(/^(sms_[a-z_]+|device_token|rcpt_type)$/);
  }
  expect(record("delivery")).not.toHaveProperty("sms_dst");
  expect(record("sms_status")).toHaveProperty("sms_dst");
});

test("all events of the mail name the same message, recipient and campaign", () => {
  const same =
    "message_id rcpt_to raw_rcpt_to rcpt_hash campaign_id transmission_id template_id subject injection_time msg_from customer_id subaccount_id ab_test_id binding";
  expect(OF_THE_MAIL).toHaveLength(17);
  for (const field of same.split(" ")) expect([field, valuesOf(OF_THE_MAIL, field).size]).toEqual([field, 1]);
});

test("all events of the inbound message name the same message, which the mail's recipient sent", () => {
  for (const field of ["message_id", "relay_id", "rcpt_to", "injection_time"])
    expect([field, valuesOf(OF_THE_REPLY, field).size]).toEqual([field, 1]);
  expect(valuesOf(OF_THE_REPLY, "msg_from")).toEqual(valuesOf(OF_THE_MAIL, "rcpt_to"));
  expect(valuesOf(OF_THE_REPLY, "message_id")).not.toEqual(valuesOf(OF_THE_MAIL, "message_id"));
});

test("every event has an id of its own", () => {
  const ids = [...catalogue.types.keys()].map((type) => record(type)["event_id"]).filter((id) => id !== undefined);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(28);
});

test("times are those of a life: built, injected, delayed, delivered, opened, clicked, unsubscribed from", () => {
  const life =
    "generation_failure injection delay delivery initial_open open click link_unsubscribe list_unsubscribe spam_complaint".split(
      " ",
    );
  const times = life.map(secondsOf);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(times).size).toBe(times.length);
  expect(secondsOf("injection") * 1_000).toBe(injectedAtMs("injection"));
  expect(secondsOf("out_of_band")).toBeGreaterThan(secondsOf("delivery"));
});

test.each(ATTEMPTS)("%s happens when its time in the queue is over", (type) => {
  expect(secondsOf(type) * 1_000).toBe(injectedAtMs(type) + Number(record(type)["queue_time"]));
});

test("retries count up from the delay to the delivery", () => {
  expect(record("delay")["num_retries"]).toBe("0");
  expect(record("delivery")["num_retries"]).toBe("1");
});

test("addresses, hosts and numbers are those reserved for documentation", () => {
  const text = JSON.stringify(all);
  const addresses = text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
  const hosts = [...text.matchAll(/(?:@|\/\/)([a-z0-9.-]+)/gi)].map((match) => match[1]);
  expect(addresses.length).toBeGreaterThan(0);
  for (const address of addresses.filter((one) => one !== "128.4.0"))
    expect(address).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\./);
  for (const host of hosts) expect(host).toMatch(/(^|\.)(example\.(com|net|org)|example)$/);
});

test("an unknown type is a bug of the caller", () => {
  expect(() => samples(catalogue, ["no_such"])).toThrow(/no_such/);
});
