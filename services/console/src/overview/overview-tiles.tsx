import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import type { SeriesView, StatsView } from "@posthorn/api/views";
import { ratePerMinute, rateUnit, summariseFlow } from "../charts/series-summary.ts";
import { WINDOW_WORDS } from "../charts/window-switch.tsx";
import { FillBar } from "../shared/fill-bar.tsx";
import { fillLevel } from "../shared/fill-level.ts";
import { bytes, count, counted, percent, rate, shortCount } from "../shared/format-number.ts";
import { lostBatches, lostTone, lostWords } from "../shared/lost-batches.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { StatTile, StatTiles } from "../shared/stat-tiles.tsx";

export interface OverviewTilesProps {
  readonly stats: StatsView | undefined;
  readonly series: SeriesView | undefined;
}

export function OverviewTiles({ stats, series }: OverviewTilesProps) {
  return (
    <>
      {series?.total !== null && (
        <StatTiles label="What passes">
          <FlowTiles series={series} />
          <WaitingTile totals={stats?.totals} />
        </StatTiles>
      )}
      <StatTiles label="What carries it">
        {series?.total === null && <WaitingTile totals={stats?.totals} />}
        <LostTile totals={stats?.totals} />
        <StoreTile backlog={stats?.backlog} />
        <RedisTile redis={stats?.redis} />
        <WorkersTile processes={stats?.processes} />
      </StatTiles>
    </>
  );
}

function FlowTiles({ series }: Pick<OverviewTilesProps, "series">) {
  const total = series?.total ?? undefined;
  if (series === undefined || total === undefined) {
    return (
      <>
        <StatTile label="Events in" value={undefined} />
        <StatTile label="Batches out" value={undefined} />
        <StatTile label="Successful attempts" value={undefined} />
      </>
    );
  }
  const { eventsIn, batchesOut, failedAttempts, successShare } = summariseFlow(total);
  const words = WINDOW_WORDS[series.window];
  return (
    <>
      <StatTile
        label="Events in"
        value={rate(ratePerMinute(total.events_in, series))}
        unit={rateUnit(series)}
        detail={`${count(eventsIn)} in ${words}`}
      />
      <StatTile
        label="Batches out"
        value={rate(ratePerMinute(total.batches_out, series))}
        unit={rateUnit(series)}
        detail={`${count(batchesOut)} in ${words}`}
      />
      <StatTile
        label="Successful attempts"
        value={successShare === null ? "–" : percent(successShare)}
        tone={successShare !== null && successShare < 0.5 ? "bad" : undefined}
        detail={successShare === null ? `none in ${words}` : `${count(failedAttempts)} failed in ${words}`}
      />
    </>
  );
}

interface WaitingTileProps {
  readonly totals: StatsView["totals"] | undefined;
}

function WaitingTile({ totals }: WaitingTileProps) {
  if (totals === undefined) return <StatTile label="Waiting batches" value={undefined} />;
  const batches = totals.waiting_batches + totals.scheduled_batches + totals.in_flight_batches + totals.paused_batches;
  return (
    <StatTile
      label="Waiting batches"
      value={shortCount(batches)}
      detail={
        totals.oldest_waiting_at === null ? (
          batches === 0 ? (
            openWords(totals.open_events)
          ) : (
            counted(totals.backlog_events, "event")
          )
        ) : (
          <>
            {bytes(totals.backlog_bytes)}, oldest from <RelativeTime at={totals.oldest_waiting_at} />
          </>
        )
      }
    />
  );
}

function openWords(events: number): string {
  return events === 0 ? "nothing waits" : `${counted(events, "event")} being collected`;
}

function LostTile({ totals }: Pick<WaitingTileProps, "totals">) {
  if (totals === undefined) return <StatTile label="Lost batches" value={undefined} />;
  const lost = lostBatches(totals);
  return (
    <StatTile
      label="Lost batches"
      value={shortCount(lost)}
      tone={lostTone(totals)}
      detail={
        lost === 0 ? (
          lostWords(totals)
        ) : (
          <Anchor component={Link} to="/webhooks?sort=lost" inherit title="Since the webhooks were created">
            {lostWords(totals)} so far
          </Anchor>
        )
      }
    />
  );
}

/** What waits is in it, and what is kept for a day to be looked at. */
function StoreTile({ backlog }: { readonly backlog: StatsView["backlog"] | undefined }) {
  if (backlog === undefined) return <StatTile label="Store, records included" value={undefined} />;
  const tone = fillLevel(backlog.used_bytes, backlog.max_bytes)?.tone;
  return (
    <StatTile
      label="Store, records included"
      value={bytes(backlog.used_bytes)}
      tone={tone === "good" ? undefined : tone}
      detail={<FillBar label="Store of its limit" used={backlog.used_bytes} limit={backlog.max_bytes} />}
    />
  );
}

function WorkersTile({ processes }: { readonly processes: StatsView["processes"] | undefined }) {
  if (processes === undefined) return <StatTile label="Workers" value={undefined} />;
  const { workers, api } = processes;
  return (
    <StatTile
      label="Workers"
      value={count(workers)}
      unit="alive"
      tone={workers === 0 ? "bad" : undefined}
      detail={workers === 0 ? "nothing is delivered: start one" : counted(api, "API process", "API processes")}
    />
  );
}

function RedisTile({ redis }: { readonly redis: StatsView["redis"] | undefined }) {
  if (redis === undefined) return <StatTile label="Redis memory" value={undefined} />;
  const limit = redis.max_memory_bytes === 0 ? null : redis.max_memory_bytes;
  const tone = fillLevel(redis.used_memory_bytes, limit)?.tone;
  return (
    <StatTile
      label="Redis memory"
      value={bytes(redis.used_memory_bytes)}
      tone={tone === "good" ? undefined : tone}
      detail={<FillBar label="Redis memory of its limit" used={redis.used_memory_bytes} limit={limit} />}
    />
  );
}
