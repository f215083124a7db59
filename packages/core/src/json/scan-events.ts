import { isUtf8 } from "node:buffer";
import type { Problem } from "../problem.ts";
import { UNNAMED_SUBACCOUNT, UNREADABLE_SUBACCOUNT } from "../subaccount.ts";
import { JsonSyntaxError, skipName, skipString, skipValue, skipWhite } from "./skip-value.ts";

/** The events of a request: where each one's text lies in the body, and its type. Nothing is copied or parsed. */
export interface ScannedEvents {
  readonly count: number;
  /** Offset of each event's first byte. */
  readonly starts: readonly number[];
  /** Offset behind each event's last byte. */
  readonly ends: readonly number[];
  /** For each event, the index of its type in `typeNames`. */
  readonly types: readonly number[];
  readonly typeNames: readonly string[];
  /** For each event, the number of its subaccount, `UNNAMED_SUBACCOUNT` or `UNREADABLE_SUBACCOUNT`. */
  readonly subaccounts: readonly number[];
}

export type EventScan =
  | { readonly kind: "ok"; readonly events: ScannedEvents }
  | { readonly kind: "bad"; readonly problems: readonly Problem[] };

/** `json`: an array of events, or one event. `ndjson`: one event a line. */
export type EventFormat = "json" | "ndjson";

/** Positions that are named in an answer at most. */
const PROBLEMS_MAX = 20;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OBJECT_START = 0x7b;
const OBJECT_END = 0x7d;
const ARRAY_START = 0x5b;
const ARRAY_END = 0x5d;
const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;

/**
 * Finds the events of a body and checks their envelopes: `msys` with one class, which has a string `type`. All else
 * is opaque. Problems name the position, e.g. `[17].msys`; of malformed JSON only the first is known.
 */
export function scanEvents(body: Buffer, format: EventFormat): EventScan {
  if (!isUtf8(body)) {
    return bad({ message: "The body is not valid UTF-8: encode the events as UTF-8 JSON" });
  }
  const scanner = new Scanner(body);
  try {
    if (format === "ndjson") scanner.lines();
    else scanner.document();
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const found = error.offset >= body.length ? "the body ends" : `there is ${shown(body, error.offset)}`;
    const place =
      format === "ndjson" ? `line ${lineAt(body, error.offset)}, byte ${error.offset}` : `byte ${error.offset}`;
    return bad({
      message: `Malformed JSON at ${place}: ${error.message}, but ${found}`,
      param: `[${scanner.count}]`,
    });
  }
  return scanner.problems.length > 0 ? { kind: "bad", problems: scanner.problems } : { kind: "ok", events: scanner };
}

function bad(problem: Problem): EventScan {
  return { kind: "bad", problems: [problem] };
}

/** Lines count from 1, bytes from 0. */
function lineAt(body: Buffer, offset: number): number {
  let line = 1;
  for (let at = body.indexOf(NEWLINE); at >= 0 && at < offset; at = body.indexOf(NEWLINE, at + 1)) line++;
  return line;
}

function shown(body: Buffer, offset: number): string {
  return JSON.stringify(body.toString("utf8", offset, offset + 8).slice(0, 1));
}

/** What is known of an event's envelope so far. */
interface Envelope {
  msys: number;
  classes: number;
  /** Index of the type; −1 = none seen, −2 = not a string. */
  type: number;
  subaccount: number;
  wrong: "" | "msys" | "class";
}

/** The names that mean something to Posthorn; all others are opaque. */
type Name = "msys" | "type" | "subaccount_id" | "";

const SUBACCOUNT_ID = Buffer.from("subaccount_id");

class Scanner implements ScannedEvents {
  count = 0;
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly types: number[] = [];
  readonly typeNames: string[] = [];
  readonly subaccounts: number[] = [];
  readonly problems: Problem[] = [];
  readonly #body: Buffer;
  /** Raw text between the quotes → index in `typeNames`. */
  readonly #typeIndex = new Map<string, number>();

  constructor(body: Buffer) {
    this.#body = body;
  }

  document(): void {
    const body = this.#body;
    let at = skipWhite(body, 0);
    if (body[at] === ARRAY_START) {
      at = skipWhite(body, at + 1);
      if (body[at] === ARRAY_END) at++;
      else at = this.#elements(at);
    } else {
      at = this.#event(at, 0);
    }
    at = skipWhite(body, at);
    if (at < body.length)
      throw new JsonSyntaxError(at, "nothing behind the events (send NDJSON as application/x-ndjson)");
  }

  #elements(first: number): number {
    const body = this.#body;
    let at = first;
    for (;;) {
      at = skipWhite(body, this.#event(skipWhite(body, at), 1));
      if (body[at] === ARRAY_END) return at + 1;
      if (body[at] !== COMMA) throw new JsonSyntaxError(at, "a comma or the end of the list");
      at++;
    }
  }

  lines(): void {
    const body = this.#body;
    let at = 0;
    while (at < body.length) {
      const newline = body.indexOf(NEWLINE, at);
      const end = newline < 0 ? body.length : newline;
      const line = body.subarray(0, end);
      const start = skipWhite(line, at);
      if (start < end) {
        const behind = skipWhite(line, this.#event(start, 0, line));
        if (behind < end) throw new JsonSyntaxError(behind, "one event a line");
      }
      at = end + 1;
    }
    if (this.count === 0) throw new JsonSyntaxError(body.length, "an event");
  }

  /** Takes the event that starts at `at`; returns the offset behind it. */
  #event(at: number, depth: number, body: Buffer = this.#body): number {
    const envelope: Envelope = { msys: 0, classes: 0, type: -1, subaccount: UNNAMED_SUBACCOUNT, wrong: "" };
    let end: number;
    if (body[at] === OBJECT_START) {
      end = this.#members(body, at, (name, value) =>
        name === "msys" ? this.#msys(body, value, depth + 1, envelope) : skipValue(body, value, depth + 1),
      );
    } else {
      end = skipValue(body, at, depth);
      envelope.wrong = "msys";
    }
    this.#check(envelope);
    this.starts.push(at);
    this.ends.push(end);
    this.types.push(Math.max(envelope.type, 0));
    this.subaccounts.push(envelope.subaccount);
    this.count++;
    return end;
  }

  #msys(body: Buffer, value: number, depth: number, envelope: Envelope): number {
    envelope.msys++;
    const at = skipWhite(body, value);
    if (body[at] !== OBJECT_START) {
      envelope.wrong = "msys";
      return skipValue(body, at, depth);
    }
    return this.#members(body, at, (_, classValue) => this.#class(body, classValue, depth + 1, envelope));
  }

  #class(body: Buffer, value: number, depth: number, envelope: Envelope): number {
    envelope.classes++;
    const at = skipWhite(body, value);
    if (body[at] !== OBJECT_START) {
      envelope.wrong = "class";
      return skipValue(body, at, depth);
    }
    return this.#members(body, at, (name, memberValue) => {
      if (name === "subaccount_id") {
        const first = skipWhite(body, memberValue);
        const behind = skipValue(body, first, depth + 1);
        const named = readSubaccount(body, first, behind);
        // Given twice, parsers differ in which one they see: then it is nobody's.
        const isOther = envelope.subaccount !== UNNAMED_SUBACCOUNT && envelope.subaccount !== named;
        envelope.subaccount = isOther ? UNREADABLE_SUBACCOUNT : named;
        return behind;
      }
      if (name !== "type") return skipValue(body, memberValue, depth + 1);
      const start = skipWhite(body, memberValue);
      if (body[start] !== QUOTE) {
        envelope.type = -2;
        return skipValue(body, start, depth + 1);
      }
      const end = skipString(body, start + 1);
      envelope.type = this.#intern(start, end);
      return end;
    });
  }

  /** Walks the members of the object at `at`; `member` gets each name and returns the offset behind the value. */
  #members(body: Buffer, at: number, member: (name: Name, value: number) => number): number {
    let i = skipWhite(body, at + 1);
    if (body[i] === OBJECT_END) return i + 1;
    for (;;) {
      const value = skipName(body, i);
      i = skipWhite(body, member(this.#name(body, i, value), value));
      if (body[i] === OBJECT_END) return i + 1;
      if (body[i] !== COMMA) throw new JsonSyntaxError(i, "a comma or the end of the object");
      i = skipWhite(body, i + 1);
    }
  }

  /** Which of the envelope's names starts at `at`; names written with escapes are decoded. */
  #name(body: Buffer, at: number, value: number): Name {
    const c1 = body[at + 1];
    if (body[at + 5] === QUOTE) {
      if (c1 === 0x6d && body[at + 2] === 0x73 && body[at + 3] === 0x79 && body[at + 4] === 0x73) return "msys";
      if (c1 === 0x74 && body[at + 2] === 0x79 && body[at + 3] === 0x70 && body[at + 4] === 0x65) return "type";
    }
    // A name that decodes to one of the three begins with its letter or with an escape; few do.
    if (c1 !== 0x6d && c1 !== 0x74 && c1 !== 0x73 && c1 !== BACKSLASH) return "";
    if (c1 === 0x73 && body[at + 2] !== 0x75 && body[at + 2] !== BACKSLASH) return "";
    let i = at + 1;
    while (i < value && body[i] !== BACKSLASH) i++;
    if (i === value) {
      const isExact = body[at + 14] === QUOTE && SUBACCOUNT_ID.compare(body, at + 1, at + 14) === 0;
      return isExact ? "subaccount_id" : "";
    }
    const name: unknown = JSON.parse(body.toString("utf8", at, skipString(body, at + 1)));
    return name === "msys" || name === "type" || name === "subaccount_id" ? name : "";
  }

  #intern(start: number, end: number): number {
    const raw = this.#body.toString("latin1", start + 1, end - 1);
    const known = this.#typeIndex.get(raw);
    if (known !== undefined) return known;
    const index = this.typeNames.push(String(JSON.parse(this.#body.toString("utf8", start, end)))) - 1;
    this.#typeIndex.set(raw, index);
    return index;
  }

  #check(envelope: Envelope): void {
    const problem = envelopeProblem(envelope);
    if (problem === undefined || this.problems.length >= PROBLEMS_MAX) return;
    this.problems.push({ message: problem.message, param: `[${this.count}]${problem.path}` });
  }
}

/**
 * The number that the JSON value between two offsets gives, as a number or in quotes. `null` and `""` name no
 * subaccount; 0 names the primary account, whoever sends it.
 */
function readSubaccount(body: Buffer, start: number, end: number): number {
  const text = body.toString("latin1", start, end);
  const digits = /^"?(\d{1,10})"?$/.exec(text)?.[1];
  if (digits !== undefined) return Number(digits);
  return text === "null" || text === '""' ? UNNAMED_SUBACCOUNT : UNREADABLE_SUBACCOUNT;
}

function envelopeProblem({ msys, classes, type, wrong }: Envelope): { message: string; path: string } | undefined {
  if (msys > 1) return { message: "An event has exactly one msys", path: ".msys" };
  if (msys === 0 || wrong === "msys") {
    return { message: 'An event is an object {"msys":{"<class>":{"type":…}}}', path: ".msys" };
  }
  if (classes !== 1 || wrong === "class") {
    return {
      message: 'msys holds exactly one class, an object, e.g. {"message_event":{"type":"delivery"}}',
      path: ".msys",
    };
  }
  if (type < 0) return { message: "An event's class holds its type, a string", path: ".msys.*.type" };
  return undefined;
}
