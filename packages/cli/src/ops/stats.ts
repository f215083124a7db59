import { sizeText } from "@posthorn/core";
import { table } from "../table.ts";
import { age, count, counted } from "./amounts.ts";

/** What `GET /stats` tells of a webhook, as far as it is shown here. */
export interface WebhookRow {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly paused: boolean;
  readonly backlog_events: number;
  readonly backlog_bytes: number;
  readonly waiting_batches: number;
  readonly scheduled_batches: number;
  readonly paused_batches: number;
  readonly in_flight_batches: number;
  readonly open_events: number;
  readonly oldest_waiting_at: string | null;
  readonly failing_since: string | null;
  readonly held_until: string | null;
  readonly secrets_unreadable_since: string | null;
}

export interface Stats {
  readonly totals: {
    readonly webhooks: number;
    readonly failing_webhooks: number;
    readonly paused_webhooks: number;
    readonly backlog_events: number;
    readonly open_events: number;
    readonly oldest_waiting_at: string | null;
  };
  readonly webhooks: readonly WebhookRow[];
  readonly paused_since: string | null;
  readonly processes: { readonly api: number; readonly workers: number };
  readonly redis: { readonly version: string; readonly durability: string };
  readonly backlog: { readonly used_bytes: number; readonly max_bytes: number };
}

/** How everything stands, in a few lines. */
export function statusText(
  { totals, paused_since: pausedSince, processes, redis, backlog }: Stats,
  nowMs: number,
): string {
  const share = Math.round((100 * backlog.used_bytes) / backlog.max_bytes);
  const oldest = totals.oldest_waiting_at === null ? "" : `, the oldest since ${age(totals.oldest_waiting_at, nowMs)}`;
  return [
    pausedSince === null ? "Nothing is paused as a whole" : `EVERYTHING IS PAUSED since ${pausedSince}`,
    `${counted(totals.webhooks, "webhook")}, ${count(totals.failing_webhooks)} of them failing and ${count(totals.paused_webhooks)} paused`,
    `${counted(totals.backlog_events, "event")} waiting in closed batches${oldest}; ${count(totals.open_events)} in open ones`,
    `The store holds ${sizeText(backlog.used_bytes)} of ${sizeText(backlog.max_bytes)} (${share} %)`,
    `${counted(processes.api, "API process", "API processes")} and ${counted(processes.workers, "worker")} live`,
    `Redis ${redis.version}: ${redis.durability}`,
  ].join("\n");
}

/** What waits for whom, as it is given. */
export function backlogTable(webhooks: readonly WebhookRow[], nowMs: number): string {
  return table(
    ["ID", "NAME", "EVENTS", "BODIES", "WAITING", "SCHEDULED", "PAUSED", "OLDEST", "STATE"],
    webhooks.map((row) => [
      row.id,
      row.name,
      count(row.backlog_events),
      sizeText(row.backlog_bytes),
      count(row.waiting_batches),
      count(row.scheduled_batches),
      count(row.paused_batches),
      age(row.oldest_waiting_at, nowMs),
      stateText(row, nowMs),
    ]),
  );
}

/** What keeps it, the strongest reason first. */
function stateText(row: WebhookRow, nowMs: number): string {
  if (!row.active) return "inactive";
  if (row.paused) return "paused";
  if (row.secrets_unreadable_since !== null)
    return `secrets unreadable for ${age(row.secrets_unreadable_since, nowMs)}`;
  if (row.failing_since !== null) return `failing for ${age(row.failing_since, nowMs)}`;
  return row.held_until === null ? "delivering" : `held until ${row.held_until}`;
}
