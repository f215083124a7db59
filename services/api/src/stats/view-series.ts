import type { ReadSeries, SeriesRecord } from "@posthorn/store";
import type { Flow, Series, TotalSeries } from "./series-view.ts";

/** One webhook over time. */
export function viewSeries({ steps }: ReadSeries): Series {
  return {
    ...viewFlow(steps),
    backlog_batches: steps.map(({ backlogBatches }) => backlogBatches),
    backlog_events: steps.map(({ backlogEvents }) => backlogEvents),
    backlog_bytes: steps.map(({ backlogBytes }) => backlogBytes),
  };
}

/** Everything over time. */
export function viewTotalSeries({ steps }: ReadSeries): TotalSeries {
  return { ...viewFlow(steps), backlog_bytes: steps.map(({ backlogBytes }) => backlogBytes) };
}

function viewFlow(steps: readonly SeriesRecord[]): Flow {
  const attempts = ({ batchesOut, failedAttempts }: SeriesRecord): number => batchesOut + failedAttempts;
  return {
    events_in: steps.map(({ eventsIn }) => eventsIn),
    events_out: steps.map(({ eventsOut }) => eventsOut),
    batches_out: steps.map(({ batchesOut }) => batchesOut),
    failed_attempts: steps.map(({ failedAttempts }) => failedAttempts),
    latency_avg_ms: steps.map((step) =>
      attempts(step) === 0 ? null : Math.round((step.latencySumMs / attempts(step)) * 10) / 10,
    ),
    latency_max_ms: steps.map((step) => (attempts(step) === 0 ? null : step.latencyMaxMs)),
  };
}
