import type { StatsView, WebhookStatsView, WebhookView } from "@posthorn/api/views";

/** What of a webhook's state its batches depend on. */
export interface Situation {
  /** Neither the webhook nor everything is paused, and it is active. */
  readonly isTried: boolean;
  /** Its target refuses everything, so that one batch at a time is tried. */
  readonly isFailing: boolean;
}

export function situationOf(
  { active, paused }: Pick<WebhookView, "active" | "paused">,
  row: Pick<WebhookStatsView, "failing_since"> | undefined,
  all: Pick<StatsView, "paused_since"> | undefined,
): Situation {
  const isTried = active && !paused && (all?.paused_since ?? null) === null;
  return { isTried, isFailing: isTried && (row?.failing_since ?? null) !== null };
}
