import type { WebhookStatsView, WebhookView } from "@posthorn/api/views";
import { UNTRIED, webhookStatus } from "../shared/webhook-status.ts";
import type { WebhookStatus } from "../shared/webhook-status.ts";

/** A webhook with how it stands. */
export interface WebhookRow {
  readonly webhook: WebhookView;
  /** `undefined` for one that is too new to have been asked about. */
  readonly stats: WebhookStatsView | undefined;
  readonly status: WebhookStatus;
}

export function webhookRows(
  webhooks: readonly WebhookView[],
  stats: readonly WebhookStatsView[],
  nowMs: number,
): WebhookRow[] {
  const byId = new Map(stats.map((row) => [row.id, row]));
  return webhooks.map((webhook) => {
    const row = byId.get(webhook.id);
    // The definition is fetched less often than how it stands.
    const facts = row ?? { ...UNTRIED, active: webhook.active, paused: webhook.paused };
    return { webhook, stats: row, status: webhookStatus(facts, nowMs) };
  });
}
