import { parseUrl } from "@posthorn/core";

/** A URL as it is called, and the credentials that were written into it. */
interface SplitUrl {
  readonly url: string;
  /** `user:password`, decoded. */
  readonly credentials: string | undefined;
}

/** Takes `user:password@` out of a URL; one without it, or one that is none, stays as it is. */
export function splitCredentials(text: string): SplitUrl {
  const url = parseUrl(text);
  if (url === undefined) return { url: text, credentials: undefined };
  if (url.username === "" && url.password === "") return { url: text, credentials: undefined };
  const credentials = `${decode(url.username)}:${decode(url.password)}`;
  url.username = "";
  url.password = "";
  return { url: url.href, credentials };
}

/** The value of an `Authorization` header for `user:password`. */
export function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
