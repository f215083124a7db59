import type { SeriesView } from "@posthorn/api/views";

/** The keys of everything that is fetched. What begins with the same words is refreshed together. */
export const queryKeys = {
  session: ["session"],
  webhooks: ["webhooks"],
  webhook: (id: string) => ["webhooks", id],
  batches: (id: string) => ["webhooks", id, "batches"],
  batchPage: (id: string, states: string, cursor: string | undefined, limit: number) => [
    "webhooks",
    id,
    "batches",
    states,
    cursor ?? null,
    limit,
  ],
  batch: (id: string, batch: string) => ["webhooks", id, "batches", "one", batch],
  attempts: (id: string, batch: string) => ["webhooks", id, "batches", "attempts", batch],
  /** Of texts that are not sent yet, so nothing refreshes them. */
  webhookCheck: (id: string | undefined, text: string) => ["webhook-check", id ?? null, text],
  testPreview: (id: string, text: string) => ["test-preview", id, text],
  stats: ["stats"],
  troubledStats: ["stats", "troubled"],
  allStats: ["stats", "all"],
  namedStats: (ids: readonly string[]) => ["stats", "named", ids.join(",")],
  series: (window: SeriesView["window"], ids: readonly string[]) => ["stats", "series", window, ids.join(",")],
  apiKeys: ["api-keys"],
  catalogue: ["catalogue"],
  samples: (types: readonly string[]) => ["catalogue", "samples", types.join(",")],
} as const;
