import type { Flow, SeriesView } from "@posthorn/api/views";
import { clockTime, duration } from "../shared/format-time.ts";
import { count, counted, percent, shortCount } from "../shared/format-number.ts";
import { chartRows, withoutCurrent } from "./chart-rows.ts";
import { peakOf, successShares, sum, summariseFlow } from "./series-summary.ts";
import { TimeChart } from "./time-chart.tsx";
import { WINDOW_WORDS } from "./window-switch.tsx";

export interface FlowChartProps {
  readonly view: SeriesView | undefined;
  readonly flow: Flow | undefined;
}

/** Events that came, whoever wanted them. */
export function EventsInChart({ view, flow }: FlowChartProps) {
  const known = view !== undefined && flow !== undefined;
  return (
    <TimeChart
      title="Events in"
      summary={known ? eventsInWords(view, flow) : ""}
      rows={known ? chartRows(view, { in: flow.events_in }) : undefined}
      series={[{ name: "in", label: "events", kind: "bar", color: "var(--ph-series-out)" }]}
      format={shortCount}
      stepMs={view?.step_ms ?? 60_000}
      empty="No events in this time"
    />
  );
}

function eventsInWords(view: SeriesView, flow: Flow): string {
  return `${count(sum(flow.events_in))} in ${WINDOW_WORDS[view.window]}${mostWords(view, flow)}.`;
}

/** Events that came for a webhook, and events that its target took. */
export function ThroughputChart({ view, flow }: FlowChartProps) {
  const known = view !== undefined && flow !== undefined;
  return (
    <TimeChart
      title="Events"
      summary={known ? throughputWords(view, flow) : ""}
      rows={known ? chartRows(view, { in: flow.events_in, out: withoutCurrent(flow.events_out) }) : undefined}
      series={[
        { name: "in", label: "in", kind: "bar", color: "var(--ph-series-in)" },
        { name: "out", label: "delivered", kind: "line", color: "var(--ph-series-out)" },
      ]}
      format={shortCount}
      stepMs={view?.step_ms ?? 60_000}
      empty="No events in this time"
    />
  );
}

function throughputWords(view: SeriesView, flow: Flow): string {
  const { eventsIn, eventsOut } = summariseFlow(flow);
  return `${count(eventsIn)} in and ${count(eventsOut)} delivered in ${WINDOW_WORDS[view.window]}${mostWords(view, flow)}.`;
}

function mostWords(view: SeriesView, flow: Flow): string {
  const peak = peakOf(flow.events_in);
  return peak === undefined ? "" : `; most came at ${clockTime(Date.parse(view.from) + peak.index * view.step_ms)}`;
}

/** Batches that were taken, and attempts that were not. */
export function AttemptsChart({ view, flow }: FlowChartProps) {
  const known = view !== undefined && flow !== undefined;
  return (
    <TimeChart
      title="Attempts"
      summary={known ? attemptWords(view, flow) : ""}
      rows={known ? chartRows(view, { out: flow.batches_out, failed: flow.failed_attempts }) : undefined}
      series={[
        { name: "out", label: "batches delivered", kind: "bar", color: "var(--ph-series-out)" },
        { name: "failed", label: "failed attempts", kind: "bar", color: "var(--ph-series-bad)" },
      ]}
      format={shortCount}
      stepMs={view?.step_ms ?? 60_000}
      empty="No attempts in this time"
    />
  );
}

function attemptWords(view: SeriesView, flow: Flow): string {
  const { batchesOut, failedAttempts } = summariseFlow(flow);
  const delivered = `${counted(batchesOut, "batch", "batches")} delivered`;
  return `${delivered}, ${counted(failedAttempts, "attempt")} failed in ${WINDOW_WORDS[view.window]}.`;
}

/** How long targets take to answer. */
export function LatencyChart({ view, flow }: FlowChartProps) {
  const known = view !== undefined && flow !== undefined;
  return (
    <TimeChart
      title="Latency"
      summary={known ? latencyWords(view, flow) : ""}
      rows={known ? chartRows(view, { average: flow.latency_avg_ms, longest: flow.latency_max_ms }) : undefined}
      series={[
        { name: "longest", label: "longest", kind: "line", color: "var(--ph-series-wait)" },
        { name: "average", label: "average", kind: "line", color: "var(--ph-series-out)" },
      ]}
      format={duration}
      stepMs={view?.step_ms ?? 60_000}
      empty="No attempts in this time"
    />
  );
}

function latencyWords(view: SeriesView, flow: Flow): string {
  const { latencyAvgMs, latencyMaxMs } = summariseFlow(flow);
  if (latencyAvgMs === null || latencyMaxMs === null) return `Nothing was tried in ${WINDOW_WORDS[view.window]}.`;
  return `${duration(latencyAvgMs)} on average, ${duration(latencyMaxMs)} at most in ${WINDOW_WORDS[view.window]}.`;
}

/** The share of attempts that the target took. */
export function SuccessChart({ view, flow }: FlowChartProps) {
  const known = view !== undefined && flow !== undefined;
  const shares = known ? successShares(flow).map((share) => (share === null ? null : share * 100)) : [];
  return (
    <TimeChart
      title="Success rate"
      summary={known ? successWords(view, flow) : ""}
      rows={known ? chartRows(view, { share: shares }) : undefined}
      series={[{ name: "share", label: "of attempts", kind: "area", color: "var(--ph-series-out)" }]}
      format={(value) => percent(value / 100)}
      stepMs={view?.step_ms ?? 60_000}
      empty="No attempts in this time"
      withZeros
      top={100}
    />
  );
}

function successWords(view: SeriesView, flow: Flow): string {
  const { successShare, batchesOut, failedAttempts } = summariseFlow(flow);
  if (successShare === null) return `Nothing was tried in ${WINDOW_WORDS[view.window]}.`;
  const all = count(batchesOut + failedAttempts);
  return `${percent(successShare)}: ${count(batchesOut)} of ${all} attempts in ${WINDOW_WORDS[view.window]}.`;
}
