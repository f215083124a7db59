import { randomUUID } from "node:crypto";
import { VERSION } from "./config.ts";

/** What this process is called among all of an installation: it tells the release, too. */
export function createProcessId(): string {
  return `${randomUUID()}@${VERSION}`;
}
