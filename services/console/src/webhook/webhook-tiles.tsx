import type { SeriesView, WebhookStatsView } from "@posthorn/api/views";
import { ratePerMinute, rateUnit, summariseFlow } from "../charts/series-summary.ts";
import { WINDOW_WORDS } from "../charts/window-switch.tsx";
import { bytes, count, counted, percent, rate, shortCount } from "../shared/format-number.ts";
import { duration } from "../shared/format-time.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { StatTile, StatTiles } from "../shared/stat-tiles.tsx";
import { waitingCounts } from "./waiting-counts.ts";

export interface WebhookTilesProps {
  readonly id: string;
  readonly stats: WebhookStatsView | undefined;
  readonly view: SeriesView | undefined;
}

export function WebhookTiles({ id, stats, view }: WebhookTilesProps) {
  return (
    <StatTiles label="How it stands">
      <FlowTiles id={id} view={view} />
      <WaitingTile stats={stats} />
      <LastTile stats={stats} />
    </StatTiles>
  );
}

function FlowTiles({ id, view }: Pick<WebhookTilesProps, "id" | "view">) {
  const series = view?.webhooks[id];
  if (view === undefined || series === undefined) {
    return (
      <>
        <StatTile label="Events in" value={undefined} />
        <StatTile label="Success rate" value={undefined} />
        <StatTile label="Latency" value={undefined} />
      </>
    );
  }
  const { eventsIn, batchesOut, failedAttempts, successShare, latencyAvgMs, latencyMaxMs } = summariseFlow(series);
  const words = WINDOW_WORDS[view.window];
  return (
    <>
      <StatTile
        label="Events in"
        value={rate(ratePerMinute(series.events_in, view))}
        unit={rateUnit(view)}
        detail={`${count(eventsIn)} in ${words}`}
      />
      <StatTile
        label="Success rate"
        value={successShare === null ? "–" : percent(successShare)}
        tone={successShare !== null && successShare < 0.5 ? "bad" : undefined}
        detail={
          successShare === null ? "no attempts" : `${count(batchesOut)} delivered, ${count(failedAttempts)} failed`
        }
      />
      <StatTile
        label="Latency"
        value={latencyAvgMs === null ? "–" : duration(latencyAvgMs)}
        detail={latencyMaxMs === null ? "no attempts" : `${duration(latencyMaxMs)} at most`}
      />
    </>
  );
}

function WaitingTile({ stats }: Pick<WebhookTilesProps, "stats">) {
  if (stats === undefined) return <StatTile label="Waiting batches" value={undefined} />;
  const { batches, inFlight, events } = waitingCounts(stats);
  return (
    <StatTile
      label="Waiting batches"
      value={shortCount(batches + inFlight)}
      detail={
        batches + inFlight === 0
          ? `${count(stats.open_events)} being collected`
          : `${counted(events, "event")}, ${bytes(stats.backlog_bytes)}`
      }
    />
  );
}

function LastTile({ stats }: Pick<WebhookTilesProps, "stats">) {
  if (stats === undefined) return <StatTile label="Last success" value={undefined} />;
  return (
    <StatTile
      label="Last success"
      value={<RelativeTime at={stats.last_success_at} />}
      detail={
        <>
          last failure: <RelativeTime at={stats.last_failure_at} />
        </>
      }
    />
  );
}
