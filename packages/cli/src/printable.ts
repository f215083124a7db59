/** Text of others in one line that does not steer a terminal: what does is shown by its number, e.g. `\u001b`. */
export function printable(text: string): string {
  return text.replaceAll(STEERING, escaped);
}

/** The same for text that may have lines. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** Control characters, breaks of lines, and what turns the direction of a text. */
const STEERING = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
