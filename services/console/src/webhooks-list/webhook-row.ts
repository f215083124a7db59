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
  stats: ReadonlyMap<string, WebhookStatsView>,
  nowMs: number,
): WebhookRow[] {
  return webhooks.map((webhook) => {
    const row = stats.get(webhook.id);
    // The definition is fetched less often than how it stands.
    const facts = row ?? { ...UNTRIED, active: webhook.active, paused: webhook.paused };
    return { webhook, stats: row, status: webhookStatus(facts, nowMs) };
  });
}
