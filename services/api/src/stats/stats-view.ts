import type { Webhook } from "@posthorn/core";
import type { WebhookStats } from "@posthorn/store";

const COUNTS = [
  "open_events",
  "waiting_batches",
  "scheduled_batches",
  "in_flight_batches",
  "paused_batches",
  "backlog_events",
  "backlog_bytes",
  "delivered_batches",
  "delivered_events",
  "failed_attempts",
  "expired_batches",
  "overflowed_batches",
  "discarded_batches",
] as const;

/** What is counted of a webhook, and added up over all. */
export type StatsCounts = Readonly<Record<(typeof COUNTS)[number], number>>;

/** Why a webhook does not deliver though nobody wanted that. */
export type Trouble = "failing" | "secrets" | "switched-off";

/** A webhook, and how it stands. */
export interface StatsRow {
  readonly webhook: Pick<Webhook, "name" | "active" | "paused" | "inactiveReason">;
  readonly stats: WebhookStats;
}

/** One webhook as `GET /stats` shows it. */
export interface WebhookStatsView extends StatsCounts {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly paused: boolean;
  readonly trouble: Trouble | null;
  /** Why Posthorn switched it off. */
  readonly inactive_reason: string | null;
  readonly oldest_waiting_at: string | null;
  readonly failing_since: string | null;
  readonly next_probe_at: string | null;
  readonly held_until: string | null;
  readonly secrets_unreadable_since: string | null;
  readonly last_success_at: string | null;
  readonly last_failure_at: string | null;
}

/** All webhooks that the caller sees. */
export interface StatsTotals extends StatsCounts {
  readonly webhooks: number;
  readonly active_webhooks: number;
  readonly paused_webhooks: number;
  readonly failing_webhooks: number;
  readonly oldest_waiting_at: string | null;
}

/** The answer of `GET /stats`. */
export interface StatsView {
  readonly totals: StatsTotals;
  /** The largest back-log first. */
  readonly webhooks: readonly WebhookStatsView[];
  /** Since when everything is paused, whatever the webhooks are for themselves. */
  readonly paused_since: string | null;
  readonly processes: { readonly api: number; readonly workers: number };
  readonly redis: {
    readonly version: string;
    readonly used_memory_bytes: number;
    /** `0` = unlimited. */
    readonly max_memory_bytes: number;
    readonly durability: string;
  };
  readonly backlog: {
    /** What the store holds. */
    readonly used_bytes: number;
    /** What it may hold before events are refused. */
    readonly max_bytes: number;
    /** What of it one webhook may hold. */
    readonly webhook_max_bytes: number;
  };
}

export function viewStats(row: StatsRow): WebhookStatsView {
  const {
    webhook: { name, active, paused, inactiveReason },
    stats,
  } = row;
  return {
    id: stats.id,
    name,
    active,
    paused,
    trouble: troubleOf(row),
    inactive_reason: inactiveReason,
    ...countsOf(stats),
    oldest_waiting_at: timestampOrNull(stats.oldestWaitingAtMs),
    failing_since: timestampOrNull(stats.failingSinceMs),
    next_probe_at: active && !paused ? timestampOrNull(stats.nextProbeAtMs) : null,
    held_until: timestampOrNull(stats.heldUntilMs),
    secrets_unreadable_since: timestampOrNull(stats.unreadableSinceMs),
    last_success_at: timestampOrNull(stats.lastSuccessAtMs),
    last_failure_at: timestampOrNull(stats.lastFailureAtMs),
  };
}

function countsOf(stats: WebhookStats): StatsCounts {
  return {
    open_events: stats.openEvents,
    waiting_batches: stats.waitingBatches,
    scheduled_batches: stats.scheduledBatches,
    in_flight_batches: stats.inFlightBatches,
    paused_batches: stats.pausedBatches,
    backlog_events: stats.backlogEvents,
    backlog_bytes: stats.backlogBytes,
    delivered_batches: stats.deliveredBatches,
    delivered_events: stats.deliveredEvents,
    failed_attempts: stats.failedAttempts,
    expired_batches: stats.expiredBatches,
    overflowed_batches: stats.overflowedBatches,
    discarded_batches: stats.discardedBatches,
  };
}

/** What somebody has to do something about; `null` = nothing, which is so also where somebody paused or switched it off. */
export function troubleOf({
  webhook: { active, paused, inactiveReason },
  stats,
}: {
  readonly webhook: Pick<Webhook, "active" | "paused" | "inactiveReason">;
  readonly stats: Pick<WebhookStats, "failingSinceMs" | "unreadableSinceMs">;
}): Trouble | null {
  if (!active) return inactiveReason === null ? null : "switched-off";
  if (stats.unreadableSinceMs !== null) return "secrets";
  return !paused && stats.failingSinceMs !== null ? "failing" : null;
}

/** Adds webhooks up. There may be thousands, so that their views are not made for this. */
export function totalsOf(rows: readonly StatsRow[]): StatsTotals {
  const sums = Object.fromEntries(COUNTS.map((name) => [name, 0])) as Record<keyof StatsCounts, number>;
  let oldestWaitingAtMs = Infinity;
  for (const { stats } of rows) {
    const counts = countsOf(stats);
    for (const name of COUNTS) sums[name] += counts[name];
    oldestWaitingAtMs = Math.min(oldestWaitingAtMs, stats.oldestWaitingAtMs ?? Infinity);
  }
  return {
    webhooks: rows.length,
    active_webhooks: rows.filter(({ webhook }) => webhook.active).length,
    paused_webhooks: rows.filter(({ webhook }) => webhook.paused).length,
    failing_webhooks: rows.filter(({ stats }) => stats.failingSinceMs !== null).length,
    ...sums,
    oldest_waiting_at: timestampOrNull(oldestWaitingAtMs === Infinity ? null : oldestWaitingAtMs),
  };
}

/** The largest back-log first; without one, who still collects most. */
export function byBacklog({ stats: a }: StatsRow, { stats: b }: StatsRow): number {
  return (
    b.backlogEvents - a.backlogEvents ||
    b.backlogBytes - a.backlogBytes ||
    b.openEvents - a.openEvents ||
    (a.id < b.id ? -1 : 1)
  );
}

function timestampOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
