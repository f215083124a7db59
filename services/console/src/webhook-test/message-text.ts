/** A message as it is typed: what goes to the target, or what keeps it from that. */
export type TypedMessage =
  | { readonly kind: "ok"; readonly message: object }
  | { readonly kind: "bad"; readonly why: string };

/** What is sent when no event type is chosen: the probe that a new webhook gets. */
export const EMPTY_MESSAGE: readonly object[] = [{ msys: {} }];

export function parseMessage(text: string): TypedMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The browser's own words tell the line, each in its own way.
    return { kind: "bad", why: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (typeof value === "object" && value !== null) return { kind: "ok", message: value };
  return { kind: "bad", why: 'Write an event such as {"msys":{}}, or a list of events in brackets' };
}

export function showMessage(message: readonly object[]): string {
  return JSON.stringify(message, null, 2);
}

/** The types that a test starts with: some of those that the webhook wants, and the commonest first. */
export function firstTypes(wanted: readonly string[]): string[] {
  const common = COMMON.filter((type) => wanted.includes(type));
  return (common.length > 0 ? common : wanted).slice(0, TYPES_AT_FIRST);
}

const COMMON = ["delivery", "bounce", "open", "click", "injection"];
const TYPES_AT_FIRST = 2;
