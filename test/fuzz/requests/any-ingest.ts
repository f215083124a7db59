import { gzipSync } from "node:zlib";
import fc from "fast-check";

/** A well-formed HTTP request to take events, whatever is in its body. */
export interface IngestRequest {
  /** What is odd about it. */
  readonly what: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** How many events it has to be answered that were accepted; `undefined` = it may be refused. */
  readonly mustAccept: number | undefined;
  /** Whether the events that it may hold are of the type that somebody wants. */
  readonly isWanted: boolean;
}

/** The type that the counting webhook wants, and one that nobody does. */
export const WANTED_TYPE = "delivery";
const UNWANTED_TYPE = "nobody_wants_this";

/** Values may be nested 512 deep, those of the event itself among them. */
const DEEP = 500;

/** JSON values as text, which a parser into numbers and objects would change. */
const oddValue = fc.oneof(
  fc.jsonValue({ stringUnit: "grapheme" }).map((any) => JSON.stringify(any)),
  fc.constantFrom(
    "1e400",
    "-0",
    "1".repeat(400),
    "0.1e-999",
    String.raw`"\ud800"`,
    String.raw`"\u0000\u2028\/"`,
    '{"__proto__":{"a":1},"__proto__":2,"constructor":{"prototype":{}}}',
    '{"toString":1,"hasOwnProperty":null,"length":-1,"type":7}',
    "[".repeat(DEEP) + "]".repeat(DEEP),
  ),
  fc.nat(3_000).map((length) => JSON.stringify("é".repeat(length))),
);
const oddName = fc.constantFrom("x", "__proto__", "constructor", "msys", "toString", "", "\u0000", "subaccounts");
const blank = fc.constantFrom("", " ", "\n", "\t \r\n");

function eventText(type: string, members: readonly (readonly [string, string])[], space: string): string {
  const odd = members.map(([name, value]) => `,${space}${JSON.stringify(name)}:${value}`).join("");
  return `{${space}"msys":{"x_event":{"type":${space}"${type}"${odd}}}${space}}`;
}

const eventTexts = (type: string) =>
  fc.array(
    fc
      .tuple(fc.array(fc.tuple(oddName, oddValue), { maxLength: 3 }), fc.constantFrom("", " "))
      .map(([members, space]) => eventText(type, members, space)),
    { minLength: 1, maxLength: 5 },
  );

interface Written {
  readonly texts: readonly string[];
  readonly isNdjson: boolean;
  readonly space: string;
}

const written = (type: string): fc.Arbitrary<Written> =>
  fc.record({ texts: eventTexts(type), isNdjson: fc.boolean(), space: blank });

function textOf({ texts, isNdjson, space }: Written): string {
  if (isNdjson) return texts.join(space.includes("\r") ? "\r\n\r\n" : "\n") + (space === "" ? "" : "\n");
  return texts.length === 1 && space === "" ? (texts[0] ?? "") : `${space}[${texts.join(`${space},`)}]${space}`;
}

const typeOf = (isNdjson: boolean): string => (isNdjson ? "application/x-ndjson" : "application/json");

/** Events as they should be, with much in them that is strange. */
const good: fc.Arbitrary<IngestRequest> = fc
  .record({ written: written(WANTED_TYPE), isGzip: fc.boolean() })
  .map(({ written: events, isGzip }) => {
    const text = Buffer.from(textOf(events));
    return {
      what: "strange events",
      path: "/api/v1/events",
      headers: { "content-type": typeOf(events.isNdjson), ...(isGzip ? { "content-encoding": "gzip" } : {}) },
      body: isGzip ? gzipSync(text, { level: 1 }) : text,
      mustAccept: events.texts.length,
      isWanted: true,
    };
  });

const anyKey = fc.oneof(
  fc.nat(200).map((n) => `key-${n}`),
  fc.constantFrom("k".repeat(255), "k".repeat(256), "caf\u00e9", " ", "__proto__", "{}", "*"),
);

/** The same under keys that come again, with the same body or another. */
const repeated: fc.Arbitrary<IngestRequest> = fc.tuple(anyKey, fc.nat(3)).map(([key, n]) => ({
  what: "a key that comes again",
  path: "/api/v1/events",
  headers: { "content-type": "application/json", "idempotency-key": key },
  body: Buffer.from(eventText(WANTED_TYPE, [["n", String(n)]], "")),
  mustAccept: undefined,
  isWanted: true,
}));

const oddHeader = fc.constantFrom(
  ...Object.entries({
    "content-type": [
      "application/x-ndjson",
      "application/jsonlines; charset=UTF-8",
      "application/json; charset=utf-16",
      "text/plain",
      ";",
      "",
    ],
    "content-encoding": ["gzip", "GZIP", "identity", "br", "gzip, gzip", "x-gzip", ""],
    "x-msys-subaccount": ["0", "7", "-1", "99999999999", "x"],
    authorization: ["", "nobody", "Bearer x", "Basic ", "Basic Og==", "Basic %%%"],
    "idempotency-key": ["bad", "k".repeat(256), "caf\u00e9", ""],
    accept: ["text/html", "*/*;q=0", ""],
    expect: ["100-continue", "200-ok", ""],
  }).flatMap(([name, values]) => values.map((text) => [name, text] as const)),
);

/** One thing done to good bytes, at a place from 0 to 1 of them. */
const damage: fc.Arbitrary<(bytes: Buffer) => Buffer> = fc
  .record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    put: fc.oneof(
      fc.uint8Array({ minLength: 0, maxLength: 4 }),
      fc
        .constantFrom('"', "{", "}", "[", "]", ",", ":", "\\", "\n", "\u0000", "\ufeff", "\u00ff")
        .map((text) => Buffer.from(text, "latin1")),
    ),
    removes: fc.nat(4),
    isCut: fc.boolean(),
  })
  .map(({ at, put, removes, isCut }) => (bytes) => {
    const place = Math.floor(at * bytes.length);
    return Buffer.concat([bytes.subarray(0, place), put, ...(isCut ? [] : [bytes.subarray(place + removes)])]);
  });

const wrongBodies = fc.constantFrom(
  "",
  " ",
  "null",
  "7",
  '"msys"',
  "[]",
  "{}",
  "[[]]",
  "[1,null,{}]",
  "\n\n",
  "\ufeff[]",
  '{"msys":{}}',
  '{"msys":null}',
  '{"msys":{"a":{"type":"x"},"b":{"type":"x"}}}',
  '{"msys":{"a":{"type":7}}}',
  '{"msys":{"a":{"type":"x"}},"msys":{"a":{"type":"y"}}}',
  '{"msys":{"__proto__":{"type":"x"}}}',
  '{"__proto__":{"msys":{"a":{"type":"x"}}}}',
  '[{"msys":{"a":{"type":"x"}}},]',
  "[NaN,Infinity,undefined]",
  "// {}",
  "[".repeat(200_000),
  '{"a":'.repeat(100_000),
  '{"msys":{"a":{"type":"x"}}}\n{',
  `[${'{"msys":{"a":{"type":"x"}}},'.repeat(12_000)}{}]`,
  `{"msys":{"a":{"type":"${"t".repeat(100_000)}"}}}`,
);

/** Events in every wrong form. Those that are accepted all the same are wanted by nobody. */
const bad: fc.Arbitrary<IngestRequest> = fc
  .record({
    path: fc.constantFrom("/api/v1/events", "/api/v1/ingest/events", "/api/v1/events?x=1"),
    headers: fc.array(oddHeader, { maxLength: 2 }),
    text: fc.oneof(
      written(UNWANTED_TYPE).map((events) => Buffer.from(textOf(events))),
      wrongBodies.map((text) => Buffer.from(text)),
    ),
    isGzip: fc.boolean(),
    damages: fc.array(damage, { maxLength: 3 }),
  })
  .map(({ path, headers, text, isGzip, damages }) => ({
    what: "damaged events",
    path,
    headers: {
      "content-type": "application/json",
      ...(isGzip ? { "content-encoding": "gzip" } : {}),
      ...Object.fromEntries(headers),
    },
    body: damages.reduce<Buffer>((bytes, harm) => harm(bytes), isGzip ? gzipSync(text, { level: 1 }) : text),
    mustAccept: undefined,
    isWanted: false,
  }));

/** Two megabytes when unpacked, which is more than the process takes. */
const bomb: IngestRequest = {
  what: "a gzip bomb",
  path: "/api/v1/events",
  headers: { "content-type": "application/json", "content-encoding": "gzip" },
  body: gzipSync(Buffer.alloc(2 * 1024 ** 2, " ")),
  mustAccept: undefined,
  isWanted: false,
};

export const anyIngest: fc.Arbitrary<IngestRequest> = fc.oneof(
  { arbitrary: good, weight: 30 },
  { arbitrary: repeated, weight: 10 },
  { arbitrary: bad, weight: 58 },
  { arbitrary: fc.constant(bomb), weight: 2 },
);
