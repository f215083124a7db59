import { decoded } from "./scrub.ts";

/** Whom the operator's notices are POSTed to. */
export interface NotifyTarget {
  /** Without user and password. May be a secret as a whole: it is never logged. */
  readonly url: string;
  readonly authorization: string | undefined;
}

/** `undefined` when `url` is no http or https URL. A token goes before a user and password in the URL. */
export function parseNotifyTarget(url: string, token: string | undefined): NotifyTarget | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (!/^https?:$/.test(parsed.protocol)) return undefined;
  const credentials = [parsed.username, parsed.password].map(decoded).join(":");
  parsed.username = "";
  parsed.password = "";
  const basic = credentials === ":" ? undefined : `Basic ${Buffer.from(credentials).toString("base64")}`;
  return { url: parsed.href, authorization: token === undefined ? basic : `Bearer ${token}` };
}
