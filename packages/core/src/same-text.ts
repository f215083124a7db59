import { createHash, timingSafeEqual } from "node:crypto";

/** True when both are the same text; how long it takes tells nothing of how much of them is. */
export function isSameText(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
