import type { Trouble, WebhookStatsView, WebhookView } from "@posthorn/api/views";
import { lostBatches } from "../shared/lost-batches.ts";

/** A webhook that somebody should look at, and why. */
export interface Attention {
  readonly id: string;
  readonly name: string;
  readonly kind: Trouble;
  /** Since when; `null` where that is not known. */
  readonly since: string | null;
  /** What is known beside that, such as the target. */
  readonly detail: string;
  readonly backlogEvents: number;
  /** Batches of it whose events nobody will get. */
  readonly lostBatches: number;
}

/** During an upgrade, an API that is not upgraded yet leaves out what is the trouble. */
type Row = Omit<WebhookStatsView, "trouble"> & { readonly trouble: Trouble | null | undefined };

/** The webhooks that do not deliver though nobody wanted that, the largest back-log first. */
export function findAttention(
  stats: readonly Row[],
  definitions: readonly Pick<WebhookView, "id" | "target">[],
): Attention[] {
  const targets = new Map(definitions.map(({ id, target }) => [id, target]));
  return stats
    .flatMap((row): Attention[] => {
      const { id, name, backlog_events: backlogEvents } = row;
      const kind = troubleOf(row);
      if (kind === null) return [];
      const facts = factsOf(kind, row, targets.get(id) ?? "");
      return [{ id, name, kind, backlogEvents, lostBatches: lostBatches(row), ...facts }];
    })
    .toSorted((a, b) => b.backlogEvents - a.backlogEvents || a.name.localeCompare(b.name));
}

/** Where the API does not say, what is plain is told: an empty list would say that all is well. */
function troubleOf({ trouble, paused, failing_since: failingSince }: Row): Trouble | null {
  if (trouble !== undefined) return trouble;
  return failingSince === null || paused ? null : "failing";
}

function factsOf(kind: Trouble, row: Row, target: string): Pick<Attention, "since" | "detail"> {
  switch (kind) {
    case "failing":
      return { since: row.failing_since, detail: target };
    case "secrets":
      return { since: row.secrets_unreadable_since, detail: UNREADABLE };
    case "switched-off":
      return { since: row.last_failure_at, detail: row.inactive_reason ?? "" };
  }
}

const UNREADABLE =
  "Its stored secrets cannot be opened: start Posthorn with the POSTHORN_SECRET they were sealed with, or set them anew.";
