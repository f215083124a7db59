/** The shapes of the API's answers, for who calls it in TypeScript. Types only: nothing is loaded. */
export type { ApiKeyView, Documentation, Grant, NewApiKeyView, Problem, WebhookView } from "@posthorn/core";
export type { AttemptView, BatchView } from "./batches/batch-view.ts";
export type { SessionView } from "./session/session-view.ts";
export type { Flow, Series, SeriesView, TotalSeries } from "./stats/series-view.ts";
export type { StatsCounts, StatsTotals, StatsView, Trouble, WebhookStatsView } from "./stats/stats-view.ts";
export type { CheckView, RequestView } from "./webhooks/request-view.ts";
