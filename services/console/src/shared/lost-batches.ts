import type { StatsCounts, StatsTotals } from "@posthorn/api/views";
import { count } from "./format-number.ts";

type Lost = Pick<StatsCounts, "expired_batches" | "overflowed_batches">;

/** The batches whose events nobody will get, though nobody wanted that, since the webhooks were created. */
export function lostBatches({ expired_batches: expired, overflowed_batches: overflowed }: Lost): number {
  return expired + overflowed;
}

/** Why they were lost. */
export function lostWords({ expired_batches: expired, overflowed_batches: overflowed }: Lost): string {
  const parts = [
    ...(expired === 0 ? [] : [`${count(expired)} expired`]),
    ...(overflowed === 0 ? [] : [`${count(overflowed)} overflowed`]),
  ];
  return parts.length === 0 ? "none expired or overflowed" : parts.join(", ");
}

/** While webhooks are failing, more are likely to be lost; an old loss stays to be seen. */
export function lostTone(totals: Lost & Pick<StatsTotals, "failing_webhooks">): "bad" | "warn" | undefined {
  if (lostBatches(totals) === 0) return undefined;
  return totals.failing_webhooks > 0 ? "bad" : "warn";
}
