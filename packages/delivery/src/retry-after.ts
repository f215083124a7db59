import type { AttemptOutcome } from "@posthorn/core";

const CLOCK = String.raw`\d\d:\d\d:\d\d`;
const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
/** The date forms of RFC 9110 §5.6.7: today's, and the two that are to be understood still. */
const DATE_WITH_ZONE = new RegExp(`^[A-Z][a-z]+, (?:\\d\\d ${MONTH} \\d{4}|\\d\\d-${MONTH}-\\d\\d) ${CLOCK} GMT$`);
const DATE_WITHOUT_ZONE = new RegExp(`^[A-Z][a-z]{2} ${MONTH} [ \\d]\\d ${CLOCK} \\d{4}$`);

/**
 * Reads a `Retry-After` header (RFC 9110 §10.2.3): seconds or an HTTP date. Returns the delay in ms from `nowMs`,
 * 0 for the past and for negative seconds, `undefined` when absent or unreadable.
 */
export function parseRetryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, Number.MAX_SAFE_INTEGER);
  if (/^-\d+$/.test(text)) return 0;
  // The platform's own parser takes almost anything for a date, and a date without a zone for local time.
  const date = DATE_WITH_ZONE.test(text) ? text : DATE_WITHOUT_ZONE.test(text) ? `${text} GMT` : "";
  const atMs = Date.parse(date);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

/** The outcome, with what its answer says about when to come again. */
export function withRetryAfter(outcome: AttemptOutcome, nowMs: number): AttemptOutcome {
  if (outcome.kind !== "answered") return outcome;
  const retryAfterMs = parseRetryAfterMs(outcome.headers["retry-after"], nowMs);
  return retryAfterMs === undefined ? outcome : { ...outcome, retryAfterMs };
}
