/** The types that the events of a run have; `open` and `click` belong to another class than the others. */
export const EVENT_TYPES = [
  "injection",
  "delivery",
  "bounce",
  "delay",
  "out_of_band",
  "policy_rejection",
  "open",
  "click",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

const USUAL_BYTES_MAX = 900;
/** Now and then an event is much larger; a few are larger than a chunk. */
const LARGE_EVERY = 700;
const LARGE_BYTES = 20_000;
const HUGE_EVERY = 9_001;
const HUGE_BYTES = 300_000;
/** What a sender may put into an event and a target must get as it was: duplicate keys, odd names, odd characters. */
const ODDITIES = [
  "",
  `, "__proto__":{"admin":true}`,
  `,"a":1,"a":2`,
  `,"odd":"é\u2028\\u0000\\/🙂"`,
  `,"number":1.0e+2,"deep":[[[{}]]]`,
];

/** A number for each number, evenly spread and always the same. */
function scramble(n: number): number {
  let mixed = Math.imul(n ^ (n >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

export function typeOf(n: number): EventType {
  return EVENT_TYPES[scramble(n) % EVENT_TYPES.length] as EventType;
}

/** The text of event `n`, byte for byte: whoever got it can tell whether it is what was sent. */
export function eventText(n: number): string {
  const type = typeOf(n);
  const family = type === "open" || type === "click" ? "track_event" : "message_event";
  const chance = scramble(n + 1_000_003);
  const odd = ODDITIES[chance % (2 * ODDITIES.length)] ?? "";
  const padding = "x".repeat(
    n % HUGE_EVERY === HUGE_EVERY - 1
      ? HUGE_BYTES
      : n % LARGE_EVERY === LARGE_EVERY - 1
        ? LARGE_BYTES
        : chance % USUAL_BYTES_MAX,
  );
  return `{"msys":{"${family}":{"type":"${type}","n":"${n}","pad":"${padding}"${odd}}}}`;
}

/** What a target got: which events, or that this is no list of whole events of ours. */
export type ReadBody = { readonly kind: "events"; readonly numbers: Int32Array } | { readonly kind: "foreign" };

export function readBody(body: Buffer): ReadBody {
  const text = body.toString();
  const numbers = Int32Array.from([...text.matchAll(/"n":"(\d+)"/g)].map(([, n]) => Number(n)));
  if (text !== `[${Array.from(numbers, eventText).join(",")}]`) return { kind: "foreign" };
  return { kind: "events", numbers };
}
