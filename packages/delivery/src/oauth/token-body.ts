/** A token request's body as it goes out. */
export interface TokenBody {
  readonly contentType: string;
  readonly text: string;
}

/**
 * The body as a form, as RFC 6749 wants it; `undefined` when it holds lists or objects, which no form can carry. What
 * is null counts as left out.
 */
export function asForm(body: Readonly<Record<string, unknown>>): TokenBody | undefined {
  const fields = Object.entries(body).filter(([, value]) => value !== null);
  if (fields.some(([, value]) => typeof value === "object")) return undefined;
  const form = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, String(value)]));
  return { contentType: "application/x-www-form-urlencoded", text: form.toString() };
}

/** The body as it was given. */
export function asJson(body: Readonly<Record<string, unknown>>): TokenBody {
  return { contentType: "application/json", text: JSON.stringify(body) };
}
