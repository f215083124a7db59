/**
 * The URL in a text, if it is an absolute one. Not `URL.canParse`: from its five thousandth call on, that of Node 20
 * refuses every text with letters such as ü (its fast path takes Latin-1 for UTF-8).
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
