import { Anchor, Group, Text } from "@mantine/core";
import { Link } from "react-router";
import type { Series, SeriesView } from "@posthorn/api/views";
import { lastOf, ratePerMinute } from "../charts/series-summary.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { counted, rate, shortCount } from "../shared/format-number.ts";
import { lostBatches } from "../shared/lost-batches.ts";
import { ElapsedTime } from "../shared/relative-time.tsx";
import { StatusBadge } from "../shared/status-badge.tsx";
import classes from "./row-parts.module.css";
import type { WebhookRow } from "./webhook-row.ts";

/** The parts of a row, for the table of wide screens and the cards of narrow ones. */

export function NameAndTarget({ row: { webhook } }: { readonly row: WebhookRow }) {
  return (
    <div className={classes["name"]}>
      <Anchor
        underline="hover"
        component={Link}
        to={`/webhooks/${webhook.id}`}
        fw={600}
        lineClamp={2}
        title={webhook.name}
        className="ph-break"
      >
        {webhook.name}
      </Anchor>
      <div className={classes["target"]} title={webhook.target}>
        {webhook.target}
      </div>
    </div>
  );
}

export function Status({ row: { status, stats, webhook } }: { readonly row: WebhookRow }) {
  const failingSince = stats?.failing_since ?? null;
  const lost = stats === undefined ? 0 : lostBatches(stats);
  const reason = status === "inactive" ? webhook.inactive_reason : null;
  return (
    <div className={classes["status"]}>
      <StatusBadge status={status} reason={reason} stats={stats} />
      {reason !== null && (
        <Text size="xs" c="dimmed" className={classes["reason"] ?? ""} title={reason}>
          {reason}
        </Text>
      )}
      {status === "failing" && failingSince !== null && (
        <Text size="xs" c="dimmed">
          for <ElapsedTime since={failingSince} />
        </Text>
      )}
      {lost > 0 && (
        <Text size="xs" c="dimmed" title="Since it was created">
          {counted(lost, "batch", "batches")} lost
        </Text>
      )}
    </div>
  );
}

interface ChartProps {
  /** `undefined` until it is known. */
  readonly series: Series | undefined;
}

export function EventsChart({ series, view }: ChartProps & { readonly view: SeriesView | undefined }) {
  return (
    <Group gap="xs" wrap="nowrap" justify="flex-end">
      <Sparkline values={series?.events_in.slice(0, -1)} color="var(--ph-series-out)" />
      <span className={classes["figure"]}>
        {series === undefined || view === undefined ? "" : rate(ratePerMinute(series.events_in, view))}
      </span>
    </Group>
  );
}

export function BacklogChart({ series, row }: ChartProps & { readonly row: WebhookRow }) {
  const events = row.stats?.backlog_events ?? (series === undefined ? undefined : lastOf(series.backlog_events));
  return (
    <Group gap="xs" wrap="nowrap" justify="flex-end">
      <Sparkline values={series?.backlog_events} color="var(--ph-series-wait)" />
      <span className={classes["figure"]}>{events === undefined ? "" : shortCount(events)}</span>
    </Group>
  );
}
