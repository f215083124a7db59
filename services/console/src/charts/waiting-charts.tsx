import type { Series, SeriesView, TotalSeries } from "@posthorn/api/views";
import { bytes, counted, shortCount } from "../shared/format-number.ts";
import { chartRows } from "./chart-rows.ts";
import { lastOf, peakOf } from "./series-summary.ts";
import { TimeChart } from "./time-chart.tsx";

/** Batches of one webhook that wait. */
export function WaitingChart({
  view,
  series,
}: {
  readonly view: SeriesView | undefined;
  readonly series: Series | undefined;
}) {
  const known = view !== undefined && series !== undefined;
  return (
    <TimeChart
      title="Waiting batches"
      summary={known ? waitingWords(series) : ""}
      rows={known ? chartRows(view, { waiting: series.backlog_batches }) : undefined}
      series={[{ name: "waiting", label: "waiting", kind: "area", color: "var(--ph-series-wait)" }]}
      format={shortCount}
      stepMs={view?.step_ms ?? 60_000}
      empty="Nothing waited in this time"
    />
  );
}

function waitingWords({ backlog_batches: batches, backlog_events: events }: Series): string {
  const most = peakOf(batches)?.value ?? 0;
  if (most === 0) return "Nothing waits.";
  const now = `${counted(lastOf(batches), "batch", "batches")} with ${counted(lastOf(events), "event")} now`;
  return `${now}, ${counted(most, "batch", "batches")} at most.`;
}

/** The room that the store takes: what waits, and the records that are kept of what was delivered. */
export function StoreChart({
  view,
  total,
}: {
  readonly view: SeriesView | undefined;
  readonly total: TotalSeries | undefined;
}) {
  const known = view !== undefined && total !== undefined;
  return (
    <TimeChart
      title="Store"
      summary={
        known
          ? `${bytes(lastOf(total.backlog_bytes))} now, ${bytes(peakOf(total.backlog_bytes)?.value ?? 0)} at most.`
          : ""
      }
      rows={known ? chartRows(view, { size: total.backlog_bytes }) : undefined}
      series={[{ name: "size", label: "stored", kind: "area", color: "var(--ph-series-wait)" }]}
      format={bytes}
      stepMs={view?.step_ms ?? 60_000}
      empty="Nothing was stored in this time"
    />
  );
}
