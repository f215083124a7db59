import { counted } from "../shared/format-number.ts";

export type WebhookActionName = "pause" | "resume" | "retry" | "discard";
export type BatchActionName = WebhookActionName;

/** What an action on a webhook came to, for who did it. */
export function webhookActionDone(action: WebhookActionName, batches: number): string {
  switch (action) {
    case "pause":
      return "Paused: its events are kept, and nothing is tried until it is resumed.";
    case "resume":
      return "Resumed: what waits is tried now.";
    case "retry":
      return batches === 0 ? "Nothing waits." : `${counted(batches, "batch is", "batches are")} tried now.`;
    case "discard":
      return batches === 0 ? "Nothing waited." : `${counted(batches, "batch was", "batches were")} discarded.`;
  }
}

export function batchActionDone(action: BatchActionName): string {
  switch (action) {
    case "pause":
      return "The batch is paused: it is not tried until it is resumed.";
    case "resume":
      return "The batch is resumed.";
    case "retry":
      return "The batch is tried now.";
    case "discard":
      return "The batch was discarded.";
  }
}
