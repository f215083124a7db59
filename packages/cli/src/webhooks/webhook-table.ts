import type { WebhookView } from "@posthorn/core";
import { table } from "../table.ts";

/** Of a webhook that wants them all, nobody reads the whole list. */
const EVENTS_SHOWN = 3;

/** The webhooks in columns. */
export function webhookTable(webhooks: readonly WebhookView[]): string {
  return table(
    ["ID", "NAME", "TARGET", "EVENTS", "STATE"],
    webhooks.map((webhook) => [
      webhook.id,
      webhook.name,
      webhook.target,
      eventsText(webhook.events),
      stateText(webhook),
    ]),
  );
}

function eventsText(events: readonly string[]): string {
  const more = events.length - EVENTS_SHOWN;
  return events.slice(0, EVENTS_SHOWN).join(",") + (more > 0 ? ` and ${more} more` : "");
}

/** Inactive beats paused. */
function stateText({ active, paused, inactive_reason: reason }: WebhookView): string {
  if (!active) return reason === null ? "inactive" : `inactive (${reason})`;
  return paused ? "paused" : "active";
}
