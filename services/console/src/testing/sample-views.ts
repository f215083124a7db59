import type { WebhookStatsView, WebhookView } from "@posthorn/api/views";

/** A webhook as the API shows it, for tests. */
export function webhookView(id: string, facts: Partial<WebhookView> = {}): WebhookView {
  return {
    id,
    name: `Webhook ${id}`,
    target: `https://${id}.example.com/in`,
    events: ["bounce", "delivery"],
    auth_type: "none",
    auth_request_details: {},
    auth_credentials: {},
    auth_token: "",
    custom_headers: {},
    active: true,
    paused: false,
    inactive_reason: null,
    concurrency: null,
    rate_limit: null,
    signing: { enabled: false },
    tls_ca: null,
    links: [],
    ...facts,
  };
}

/** How a webhook stands, for tests: quiet but for the facts. */
export function statsView(id: string, facts: Partial<WebhookStatsView> = {}): WebhookStatsView {
  return {
    id,
    name: id,
    active: true,
    paused: false,
    trouble: null,
    inactive_reason: null,
    open_events: 0,
    waiting_batches: 0,
    scheduled_batches: 0,
    in_flight_batches: 0,
    paused_batches: 0,
    backlog_events: 0,
    backlog_bytes: 0,
    delivered_batches: 0,
    delivered_events: 0,
    failed_attempts: 0,
    expired_batches: 0,
    overflowed_batches: 0,
    discarded_batches: 0,
    oldest_waiting_at: null,
    failing_since: null,
    next_probe_at: null,
    held_until: null,
    secrets_unreadable_since: null,
    last_success_at: null,
    last_failure_at: null,
    ...facts,
  };
}
