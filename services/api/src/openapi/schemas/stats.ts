import { count, exactly, listOf, ref, timestamp, timestampOrNull } from "../schema.ts";
import type { Schema } from "../schema.ts";

const counts: Readonly<Record<string, Schema>> = {
  open_events: count("Events in batches that still collect."),
  waiting_batches: count("Batches that wait for their turn."),
  scheduled_batches: count("Batches that wait for their next attempt's time."),
  in_flight_batches: count("Batches that are being sent."),
  paused_batches: count("Batches that somebody paused for themselves."),
  backlog_events: count("Events in closed batches that are not delivered yet, whatever their state."),
  backlog_bytes: count("The length of those batches' bodies."),
  delivered_batches: count("Since the webhook was created."),
  delivered_events: count("Since the webhook was created."),
  failed_attempts: count("Since the webhook was created."),
  expired_batches: count("Since the webhook was created."),
  overflowed_batches: count("Since the webhook was created: deleted to make room, since too much waited."),
  discarded_batches: count("Since the webhook was created."),
};

function numbers(description: string): Schema {
  return listOf({ type: "number", minimum: 0 }, { description });
}

function numbersOrNull(description: string): Schema {
  return listOf({ type: ["number", "null"], minimum: 0 }, { description });
}

const flow: Readonly<Record<string, Schema>> = {
  events_in: numbers("Events accepted in each step, the oldest first."),
  events_out: numbers("Events delivered."),
  batches_out: numbers("Batches delivered."),
  failed_attempts: numbers("Attempts that failed."),
  latency_avg_ms: numbersOrNull("How long an attempt took on average; `null` where there was none."),
  latency_max_ms: numbersOrNull("How long the longest took."),
};

/** How everything stands. */
export const STATS_SCHEMAS: Readonly<Record<string, Schema>> = {
  Stats: exactly({
    totals: exactly(
      {
        webhooks: count("Those that the caller sees."),
        active_webhooks: count("Those of them that get events."),
        paused_webhooks: count("Those of them that are paused."),
        failing_webhooks: count("Those of them that refuse everything."),
        ...counts,
        oldest_waiting_at: timestampOrNull("When the oldest batch that waits for its turn was begun."),
      },
      { description: "All webhooks that the caller sees, also those that the list leaves out." },
    ),
    webhooks: listOf(ref("WebhookStats"), { description: "The largest back-log first." }),
    paused_since: timestampOrNull("Since when everything is paused; `null` = it is not."),
    processes: exactly(
      { api: count("API processes."), workers: count("Workers.") },
      { description: "How many were heard of in the last 15 seconds." },
    ),
    redis: exactly({
      version: { type: "string" },
      used_memory_bytes: count("What Redis uses."),
      max_memory_bytes: count("What it may use; `0` = unlimited."),
      durability: { type: "string", description: "What an acknowledged event survives, in words." },
    }),
    backlog: exactly({
      used_bytes: count("What the store holds, as it is stored."),
      max_bytes: count("What it may hold before events are refused."),
      webhook_max_bytes: count("What of it one webhook may hold before its oldest batches are deleted."),
    }),
  }),
  SeriesAnswer: exactly({
    window: { type: "string", enum: ["1h", "24h"] },
    step_ms: count("How long a step is."),
    from: timestamp("When the window begins."),
    to: timestamp("Now; the last step is not over yet."),
    total: { anyOf: [ref("TotalSeries"), { type: "null" }], description: "`null` for a call made for one subaccount." },
    webhooks: { type: "object", additionalProperties: ref("Series"), description: "By their ids." },
  }),
  TotalSeries: exactly({ ...flow, backlog_bytes: numbers("What the store held at the end of each step.") }),
  Series: exactly({
    ...flow,
    backlog_batches: numbers("Closed batches that were not delivered, at the end of each step."),
    backlog_events: numbers("Their events."),
    backlog_bytes: numbers("The length of their bodies."),
  }),
  WebhookStats: exactly({
    id: { type: "string", format: "uuid" },
    name: { type: "string" },
    active: { type: "boolean" },
    paused: { type: "boolean" },
    trouble: {
      type: ["string", "null"],
      enum: ["failing", "secrets", "switched-off", null],
      description:
        "Why it does not deliver though nobody wanted that: its target refuses everything, its stored secrets cannot be " +
        "opened, or Posthorn switched it off; `null` = nothing of that.",
    },
    inactive_reason: {
      type: ["string", "null"],
      description: "Why Posthorn switched it off; `null` while it is active, or when somebody else did.",
    },
    ...counts,
    oldest_waiting_at: timestampOrNull("When the oldest batch that waits for its turn was begun."),
    failing_since: timestampOrNull("Since when its target has refused everything."),
    next_probe_at: timestampOrNull(
      "While it is failing: when one of its batches is tried at the latest; a new batch may be tried before.",
    ),
    held_until: timestampOrNull(
      "Its target asked for a pause until then, by `Retry-After`, or its secrets cannot be opened.",
    ),
    secrets_unreadable_since: timestampOrNull(
      "Since when its stored secrets cannot be opened: give the `POSTHORN_SECRET` that they were sealed with, or set them anew.",
    ),
    last_success_at: timestampOrNull("When a batch was delivered last."),
    last_failure_at: timestampOrNull("When an attempt failed last."),
  }),
};
