/** How much of a limit is used. */
export interface FillLevel {
  /** From 0 to 1, or above when the limit was lowered. */
  readonly share: number;
  readonly tone: "good" | "warn" | "bad";
}

/** From three quarters on the store makes room at the cost of failing webhooks' back-logs. */
const WARN_FROM = 0.75;
const BAD_FROM = 0.9;

/** `undefined` without a limit. */
export function fillLevel(used: number, limit: number | null): FillLevel | undefined {
  if (limit === null || limit <= 0) return undefined;
  const share = used / limit;
  return { share, tone: share >= BAD_FROM ? "bad" : share >= WARN_FROM ? "warn" : "good" };
}
