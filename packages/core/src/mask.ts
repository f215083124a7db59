/** Stands for a secret in answers; sent back, it means unchanged. */
export const MASK = "********";

/** Members of an OAuth2 token request that tell who asks for what, and are no secrets (RFC 6749, RFC 8707). */
const SHOWN = new Set(["client_id", "grant_type", "scope", "audience", "resource"]);

type Json = Readonly<Record<string, unknown>>;

/** The body of a token request as answers show it: every text and number masked but those that are known to be public. */
export function maskBody(body: Json): Json {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, SHOWN.has(name) ? value : masked(value)]),
  );
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner)]));
  return typeof value === "string" || typeof value === "number" ? MASK : value;
}

/**
 * A body as it was sent back, with what stands at the same place in the stored one where it has the mask.
 * `missing` names the places whose mask stands for nothing stored.
 */
export function unmaskBody(body: Json, stored: Json | undefined): { readonly body: Json; readonly missing: string[] } {
  const missing: string[] = [];
  const unmask = (value: unknown, before: unknown, path: string): unknown => {
    if (value === MASK) {
      if (typeof before === "string" || typeof before === "number") return before;
      missing.push(path);
      return value;
    }
    if (Array.isArray(value)) {
      const list: readonly unknown[] = Array.isArray(before) ? before : [];
      return value.map((inner, index) => unmask(inner, list[index], `${path}[${index}]`));
    }
    if (!isObject(value)) return value;
    const old = isObject(before) ? before : {};
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        unmask(inner, Object.hasOwn(old, name) ? old[name] : undefined, path === "" ? name : `${path}.${name}`),
      ]),
    );
  };
  return { body: unmask(body, stored, "") as Json, missing };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
