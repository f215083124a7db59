import type { WebhookStatsView, WebhookView } from "@posthorn/api/views";

/** A webhook that somebody should look at, and why. */
export interface Attention {
  readonly id: string;
  readonly name: string;
  readonly kind: "failing" | "secrets" | "switched-off";
  /** Since when; `null` where that is not known. */
  readonly since: string | null;
  readonly reason: string;
  readonly backlogEvents: number;
}

/** The webhooks that do not deliver though nobody wanted that, the largest back-log first. */
export function findAttention(
  stats: readonly WebhookStatsView[],
  definitions: readonly Pick<WebhookView, "id" | "inactive_reason">[],
): Attention[] {
  const reasons = new Map(definitions.map(({ id, inactive_reason: reason }) => [id, reason]));
  return stats
    .flatMap((row): Attention[] => {
      const common = { id: row.id, name: row.name, backlogEvents: row.backlog_events };
      const reason = reasons.get(row.id) ?? null;
      if (!row.active) {
        return reason === null ? [] : [{ ...common, kind: "switched-off", since: row.last_failure_at, reason }];
      }
      if (row.secrets_unreadable_since !== null) {
        return [{ ...common, kind: "secrets", since: row.secrets_unreadable_since, reason: UNREADABLE }];
      }
      if (row.paused || row.failing_since === null) return [];
      return [{ ...common, kind: "failing", since: row.failing_since, reason: FAILING }];
    })
    .toSorted((a, b) => b.backlogEvents - a.backlogEvents || a.name.localeCompare(b.name));
}

const FAILING = "Its target refuses everything; one batch at a time is tried until it takes one.";
const UNREADABLE =
  "Its stored secrets cannot be opened: start Posthorn with the POSTHORN_SECRET they were sealed with, or set them anew.";
