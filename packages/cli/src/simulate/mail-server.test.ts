import fc from "fast-check";
import { createCatalogue } from "@posthorn/core";
import { createEventSource } from "./event-source.ts";
import { delaysWithin } from "./life.ts";
import { createMailServer } from "./mail-server.ts";
import type { SimulatedEvent } from "./mail-server.ts";
import { seededRandom } from "./random.ts";

const CATALOGUE = createCatalogue();
const START_MS = Date.UTC(2026, 4, 1);

interface Play {
  readonly seed: number;
  readonly lifeMs: number;
  readonly stepMs: number;
}

const plays = fc.record({
  seed: fc.integer(),
  lifeMs: fc.integer({ min: 1, max: 4 * 3_600_000 }),
  stepMs: fc.integer({ min: 0, max: 1_000 }),
});

function play({ seed, lifeMs, stepMs }: Play, count = 2_000): SimulatedEvent[] {
  const server = createMailServer({ random: seededRandom(seed), startMs: START_MS, delays: delaysWithin(lifeMs) });
  return Array.from({ length: count }, (_, n) => server.next(START_MS + n * stepMs));
}

function recordOf(event: SimulatedEvent): Record<string, unknown> {
  const { msys } = JSON.parse(event.text) as { msys: Record<string, Record<string, unknown>> };
  const [[eventClass, record] = []] = Object.entries(msys);
  expect(eventClass).toBe(CATALOGUE.types.get(event.type)?.class);
  return record ?? {};
}

function livesOf(events: readonly SimulatedEvent[]): SimulatedEvent[][] {
  const lives = new Map<string, SimulatedEvent[]>();
  for (const event of events) {
    const life = lives.get(event.messageId);
    if (life === undefined) lives.set(event.messageId, [event]);
    else life.push(event);
  }
  return [...lives.values()];
}

test("every life begins with its only injection", () => {
  fc.assert(
    fc.property(plays, (options) => {
      for (const [first, ...later] of livesOf(play(options, 500))) {
        expect(first?.type).toBe("injection");
        for (const event of later) expect(event.type).not.toBe("injection");
      }
    }),
    { numRuns: 20 },
  );
});

test("times never decrease, and none lies after the moment it is asked for", () => {
  fc.assert(
    fc.property(plays, (options) => {
      let lastMs = START_MS;
      for (const [n, event] of play(options, 500).entries()) {
        expect(event.atMs).toBeGreaterThanOrEqual(lastMs);
        expect(event.atMs).toBeLessThanOrEqual(START_MS + n * options.stepMs);
        lastMs = event.atMs;
      }
    }),
    { numRuns: 20 },
  );
});

test("the same seed gives the same events, another seed others", () => {
  const options = { seed: 7, lifeMs: 5_000, stepMs: 3 };
  expect(play(options)).toEqual(play(options));
  expect(play({ ...options, seed: 8 })[0]?.text).not.toBe(play(options)[0]?.text);
});

test("a message ends with delivery or bounce, and only a delivered one is opened, clicked or complained about", () => {
  const before: Record<string, readonly string[]> = {
    delay: ["injection", "delay"],
    delivery: ["injection", "delay"],
    bounce: ["injection", "delay"],
    out_of_band: ["delivery"],
    open: ["delivery", "open", "click"],
    click: ["open", "click"],
    link_unsubscribe: ["open", "click"],
    list_unsubscribe: ["delivery", "open", "click"],
    spam_complaint: ["delivery", "open", "click"],
  };
  const seen = new Set<string>();
  for (const life of livesOf(play({ seed: 3, lifeMs: 2_000, stepMs: 2 }, 10_000))) {
    for (const [n, event] of life.entries()) {
      seen.add(event.type);
      if (n > 0) expect(before[event.type]).toContain(life[n - 1]?.type);
    }
  }
  expect([...seen].toSorted()).toEqual(["injection", ...Object.keys(before)].toSorted());
});

test("events of one life agree on who and what they are about", () => {
  const shared = ["message_id", "transmission_id", "rcpt_to", "campaign_id", "template_id", "customer_id", "rcpt_meta"];
  for (const life of livesOf(play({ seed: 5, lifeMs: 1_000, stepMs: 2 }))) {
    const [first = {}, ...later] = life.map(recordOf);
    for (const record of later) for (const field of shared) expect(record[field]).toEqual(first[field]);
  }
});

test("an event has only fields that the catalogue lists for its type, all scalars are texts, and its id is its own", () => {
  const ids = new Set<unknown>();
  const events = play({ seed: 9, lifeMs: 1_000, stepMs: 2 });
  for (const event of events) {
    const record = recordOf(event);
    expect(CATALOGUE.types.get(event.type)?.onPremises).toBe(true);
    const listed = CATALOGUE.types.get(event.type)?.fields;
    expect(Object.keys(record).filter((field) => listed?.has(field) !== true)).toEqual([]);
    expect(Object.values(record).filter((value) => !["object", "string"].includes(typeof value))).toEqual([]);
    expect(Number(record["timestamp"])).toBe(event.atMs / 1_000);
    ids.add(record["event_id"]);
  }
  expect(ids.size).toBe(events.length);
});

test("retries count up from delay to delivery", () => {
  for (const life of livesOf(play({ seed: 4, lifeMs: 1_000, stepMs: 2 }))) {
    const answers = life.filter(({ type }) => ["delay", "delivery", "bounce"].includes(type));
    expect(answers.map((event) => recordOf(event)["num_retries"])).toEqual(answers.map((_, n) => String(n)));
  }
});

test("an event source gives the same texts for the same seed, about 900 bytes each and one line", () => {
  const [one, two] = [createEventSource(1), createEventSource(1)];
  let bytes = 0;
  for (let n = 0; n < 3_000; n += 1) {
    const text = one.next();
    expect(two.next()).toBe(text);
    expect(text).not.toContain("\n");
    bytes += Buffer.byteLength(text);
  }
  expect(bytes / 3_000).toBeGreaterThan(850);
  expect(bytes / 3_000).toBeLessThan(950);
});
