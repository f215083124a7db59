import type { WebhookStatsView, WebhookView } from "@posthorn/api/views";

/** A webhook that somebody should look at, and why. */
export interface Attention {
  readonly id: string;
  readonly name: string;
  readonly kind: "failing" | "secrets" | "switched-off";
  /** Since when; `null` where that is not known. */
  readonly since: string | null;
  /** What is known beside that, such as the target. */
  readonly detail: string;
  readonly backlogEvents: number;
}

/** The webhooks that do not deliver though nobody wanted that, the largest back-log first. */
export function findAttention(
  stats: readonly WebhookStatsView[],
  definitions: readonly Pick<WebhookView, "id" | "target" | "inactive_reason">[],
): Attention[] {
  const byId = new Map(definitions.map((definition) => [definition.id, definition]));
  return stats
    .flatMap((row): Attention[] => {
      const common = { id: row.id, name: row.name, backlogEvents: row.backlog_events };
      const { target = "", inactive_reason: reason = null } = byId.get(row.id) ?? {};
      if (!row.active) {
        return reason === null ? [] : [{ ...common, kind: "switched-off", since: row.last_failure_at, detail: reason }];
      }
      if (row.secrets_unreadable_since !== null) {
        return [{ ...common, kind: "secrets", since: row.secrets_unreadable_since, detail: UNREADABLE }];
      }
      if (row.paused || row.failing_since === null) return [];
      return [{ ...common, kind: "failing", since: row.failing_since, detail: target }];
    })
    .toSorted((a, b) => b.backlogEvents - a.backlogEvents || a.name.localeCompare(b.name));
}

const UNREADABLE =
  "Its stored secrets cannot be opened: start Posthorn with the POSTHORN_SECRET they were sealed with, or set them anew.";
