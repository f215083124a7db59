/** Containers inside one another; more is refused, so that neither we nor a receiver's parser can be exhausted. */
export const NESTING_MAX = 512;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OBJECT_START = 0x7b;
const OBJECT_END = 0x7d;
const ARRAY_START = 0x5b;
const ARRAY_END = 0x5d;

/** 1 = white space of JSON. */
const WHITE = new Uint8Array(256);
for (const byte of [0x20, 0x09, 0x0a, 0x0d]) WHITE[byte] = 1;
/** 1 = goes on inside a string without a closer look: everything but quote, backslash and control characters. */
const PLAIN = new Uint8Array(256).fill(1, 0x20);
PLAIN[QUOTE] = 0;
PLAIN[BACKSLASH] = 0;
const HEX = new Uint8Array(256);
for (const char of "0123456789abcdefABCDEF") HEX[char.charCodeAt(0)] = 1;
const ESCAPED = new Uint8Array(256);
for (const char of '"\\/bfnrt') ESCAPED[char.charCodeAt(0)] = 1;

/** Where a text stops being JSON. */
export class JsonSyntaxError extends Error {
  readonly offset: number;

  constructor(offset: number, expected: string) {
    super(`expected ${expected}`);
    this.name = "JsonSyntaxError";
    this.offset = offset;
  }
}

/** The offset of the first byte from `at` on that is no white space. */
export function skipWhite(body: Uint8Array, at: number): number {
  let i = at;
  while (WHITE[body[i] as number] === 1) i++;
  return i;
}

/** `at` is behind the opening quote; returns the offset behind the closing one. */
export function skipString(body: Uint8Array, at: number): number {
  let i = at;
  for (;;) {
    while (PLAIN[body[i] as number] === 1) i++;
    const byte = body[i];
    if (byte === QUOTE) return i + 1;
    if (byte !== BACKSLASH)
      throw new JsonSyntaxError(i, byte === undefined ? "the end of a string" : "no control character in a string");
    const escape = body[i + 1] as number;
    if (ESCAPED[escape] === 1) {
      i += 2;
    } else if (
      escape === 0x75 &&
      HEX[body[i + 2] as number] === 1 &&
      HEX[body[i + 3] as number] === 1 &&
      HEX[body[i + 4] as number] === 1 &&
      HEX[body[i + 5] as number] === 1
    ) {
      i += 6;
    } else {
      throw new JsonSyntaxError(i, "a valid escape");
    }
  }
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

function skipDigits(body: Uint8Array, at: number): number {
  let i = at;
  if (!isDigit(body[i])) throw new JsonSyntaxError(i, "a digit");
  while (isDigit(body[i])) i++;
  return i;
}

function skipNumber(body: Uint8Array, at: number): number {
  let i = body[at] === 0x2d ? at + 1 : at;
  i = body[i] === 0x30 ? i + 1 : skipDigits(body, i);
  if (body[i] === 0x2e) i = skipDigits(body, i + 1);
  if (body[i] === 0x65 || body[i] === 0x45) {
    i++;
    if (body[i] === 0x2b || body[i] === 0x2d) i++;
    i = skipDigits(body, i);
  }
  return i;
}

const LITERALS = new Map([
  [0x74, Buffer.from("true")],
  [0x66, Buffer.from("false")],
  [0x6e, Buffer.from("null")],
]);

function skipScalar(body: Uint8Array, at: number): number {
  const byte = body[at] as number;
  if (byte === QUOTE) return skipString(body, at + 1);
  if (byte === 0x2d || isDigit(byte)) return skipNumber(body, at);
  const literal = LITERALS.get(byte);
  if (literal === undefined) throw new JsonSyntaxError(at, "a value");
  for (let k = 1; k < literal.length; k++) if (body[at + k] !== literal[k]) throw new JsonSyntaxError(at, "a value");
  return at + literal.length;
}

/** `at` is where a member's name has to start; returns the offset behind its colon. */
export function skipName(body: Uint8Array, at: number): number {
  if (body[at] !== QUOTE) throw new JsonSyntaxError(at, "a member's name in double quotes");
  const i = skipWhite(body, skipString(body, at + 1));
  if (body[i] !== COLON) throw new JsonSyntaxError(i, "a colon");
  return i + 1;
}

const isObjectAt = new Uint8Array(NESTING_MAX + 1);

/**
 * Validates the JSON value (RFC 8259) that starts at or, after white space, behind `at` and returns the offset behind
 * it. `depth` is how deep the value lies. Works without recursion. Throws `JsonSyntaxError`.
 */
export function skipValue(body: Uint8Array, at: number, depth = 0): number {
  let i = at;
  let level = depth;
  for (;;) {
    i = skipWhite(body, i);
    const byte = body[i];
    if (byte === OBJECT_START || byte === ARRAY_START) {
      const isObject = byte === OBJECT_START;
      const next = skipWhite(body, i + 1);
      if (body[next] === (isObject ? OBJECT_END : ARRAY_END)) {
        i = next + 1;
      } else {
        if (++level > NESTING_MAX) throw new JsonSyntaxError(i, `at most ${NESTING_MAX} nested values`);
        isObjectAt[level] = isObject ? 1 : 0;
        i = isObject ? skipName(body, next) : next;
        continue;
      }
    } else {
      i = skipScalar(body, i);
    }
    // A value has ended: close what ends with it.
    for (;;) {
      if (level === depth) return i;
      i = skipWhite(body, i);
      const isObject = isObjectAt[level] === 1;
      if (body[i] === COMMA) {
        i = isObject ? skipName(body, skipWhite(body, i + 1)) : i + 1;
        break;
      }
      if (body[i] !== (isObject ? OBJECT_END : ARRAY_END))
        throw new JsonSyntaxError(i, "a comma or the end of the list");
      i++;
      level--;
    }
  }
}
