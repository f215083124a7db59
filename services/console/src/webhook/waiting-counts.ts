import type { WebhookStatsView } from "@posthorn/api/views";
import { counted } from "../shared/format-number.ts";

/** What of a webhook is not delivered yet. */
export interface WaitingCounts {
  /** Closed batches that wait, whatever for, without those in flight. */
  readonly batches: number;
  readonly inFlight: number;
  /** Events in closed batches, those in flight included. */
  readonly events: number;
  /** Events that are still being collected. */
  readonly openEvents: number;
}

export function waitingCounts(stats: WebhookStatsView): WaitingCounts {
  return {
    batches: stats.waiting_batches + stats.scheduled_batches + stats.paused_batches,
    inFlight: stats.in_flight_batches,
    events: stats.backlog_events,
    openEvents: stats.open_events,
  };
}

/** "12 batches with 3,400 events wait, and 20 events are being collected"; `undefined` when nothing is left. */
export function waitingWords({ batches, inFlight, events, openEvents }: WaitingCounts): string | undefined {
  const closed = batches + inFlight;
  const parts = [
    ...(closed === 0
      ? []
      : [`${counted(closed, "batch", "batches")} with ${counted(events, "event")} ${closed === 1 ? "waits" : "wait"}`]),
    ...(openEvents === 0
      ? []
      : [`${counted(openEvents, "event")} ${openEvents === 1 ? "is" : "are"} still being collected`]),
  ];
  return parts.length === 0 ? undefined : parts.join(", and ");
}
