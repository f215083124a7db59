import { takeCredentials } from "@posthorn/core";

/** A URL as it is called, and the credentials that were written into it. */
interface SplitUrl {
  readonly url: string;
  /** `user:password`, decoded. */
  readonly credentials: string | undefined;
}

/** Takes `user:password@` out of a URL; one without it, or one that is none, stays as it is. */
export function splitCredentials(text: string): SplitUrl {
  const taken = takeCredentials(text);
  if (taken === undefined) return { url: text, credentials: undefined };
  return { url: taken.target, credentials: `${taken.username}:${taken.password}` };
}

/** The value of an `Authorization` header for `user:password`. */
export function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}
