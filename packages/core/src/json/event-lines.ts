const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

/** 1 = opens, -1 = closes an object or a list. */
const NESTS = new Int8Array(256);
NESTS["{".charCodeAt(0)] = NESTS["[".charCodeAt(0)] = 1;
NESTS["}".charCodeAt(0)] = NESTS["]".charCodeAt(0)] = -1;

/**
 * Turns a batch's body, a valid JSON list that comes in parts, into one event a line. Only the list's own brackets and
 * commas change, and line breaks between the tokens of an event, which become spaces: inside of strings there are none.
 */
export function createEventLines(): (part: Buffer) => Buffer {
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let isEmpty = true;

  const convert = (byte: number): number | undefined => {
    if (isInString) {
      if (isEscaped) isEscaped = false;
      else if (byte === BACKSLASH) isEscaped = true;
      else if (byte === QUOTE) isInString = false;
      return byte;
    }
    const step = NESTS[byte] ?? 0;
    depth += step;
    if (step === 1 && depth === 1) return undefined;
    if (step === -1 && depth === 0) return isEmpty ? undefined : NEWLINE;
    isEmpty = false;
    if (byte === COMMA && depth === 1) return NEWLINE;
    if (byte === NEWLINE || byte === RETURN) return SPACE;
    isInString = byte === QUOTE;
    return byte;
  };

  return (part) => {
    const lines = Buffer.allocUnsafe(part.length);
    let length = 0;
    for (const byte of part) {
      const converted = convert(byte);
      if (converted !== undefined) lines[length++] = converted;
    }
    return lines.subarray(0, length);
  };
}
