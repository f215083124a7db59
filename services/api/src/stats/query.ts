import { DomainError, webhookId } from "@posthorn/core";
import type { WebhookId } from "@posthorn/core";
import type { SeriesWindow } from "@posthorn/store";

/** As many webhooks as a page of a list shows. */
export const SERIES_WEBHOOKS_MAX = 100;

/** The `window` of a query: an hour in minutes, which it is when it is left out, or a day in quarters. Throws `INVALID`. */
export function readWindow(text: unknown): SeriesWindow {
  if (text === undefined || text === "1h") return "1h";
  if (text === "24h") return "24h";
  throw new DomainError("INVALID", [{ message: "window is 1h or 24h", param: "window", value: text }]);
}

/** The `webhooks` of a query: ids with commas between them; none unless given. Throws `INVALID`. */
export function readWebhookIds(text: unknown): readonly WebhookId[] {
  if (text === undefined || text === "") return [];
  const names = typeof text === "string" ? [...new Set(text.split(","))] : [""];
  const ids = names.flatMap((name) => webhookId(name) ?? []);
  if (ids.length === names.length && ids.length <= SERIES_WEBHOOKS_MAX) return ids;
  throw new DomainError("INVALID", [
    {
      message: `webhooks is a list of at most ${SERIES_WEBHOOKS_MAX} webhook ids with commas between them`,
      param: "webhooks",
      value: typeof text === "string" ? text.slice(0, 200) : text,
    },
  ]);
}
