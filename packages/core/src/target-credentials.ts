import { parseUrl } from "./parse-url.ts";

/** A target without the user and password that were written into its URL, and these, decoded. */
export interface TargetCredentials {
  readonly target: string;
  readonly username: string;
  readonly password: string;
}

/** Takes `user:password@` out of a target, whose text else stays as it is; `undefined` when there is none in it. */
export function takeCredentials(target: string): TargetCredentials | undefined {
  const url = parseUrl(target);
  if (url === undefined || url.username + url.password === "") return undefined;
  return {
    target: target.replace(/^(https?:\/\/)[^/?#]*@/i, "$1"),
    username: decoded(url.username),
    password: decoded(url.password),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
