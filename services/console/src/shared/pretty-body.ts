/** A body as people read it: JSON with its lines, everything else as it came. Text of JSON that was cut stays as it is. */
export function prettyBody(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
