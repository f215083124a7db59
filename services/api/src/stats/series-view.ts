/** How much passed, step by step, the oldest first; the last step is the current one, which is not over yet. */
export interface Flow {
  readonly events_in: readonly number[];
  readonly events_out: readonly number[];
  readonly batches_out: readonly number[];
  readonly failed_attempts: readonly number[];
  /** `null` where nothing was tried. */
  readonly latency_avg_ms: readonly (number | null)[];
  readonly latency_max_ms: readonly (number | null)[];
}

/** One webhook over time: what passed, and what waited at the end of each step. */
export interface Series extends Flow {
  readonly backlog_batches: readonly number[];
  readonly backlog_events: readonly number[];
  readonly backlog_bytes: readonly number[];
}

/** All webhooks together: `backlog_bytes` is what the store held. */
export interface TotalSeries extends Flow {
  readonly backlog_bytes: readonly number[];
}

/** The answer of `GET /stats/series`. */
export interface SeriesView {
  readonly window: "1h" | "24h";
  readonly step_ms: number;
  readonly from: string;
  readonly to: string;
  /** `null` for a caller that sees one subaccount only. */
  readonly total: TotalSeries | null;
  /** By the webhook's id. */
  readonly webhooks: Readonly<Record<string, Series>>;
}
