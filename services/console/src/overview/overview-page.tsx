import { memo } from "react";
import { Button, Skeleton, Text } from "@mantine/core";
import { IconPlus, IconWebhook } from "@tabler/icons-react";
import { Link } from "react-router";
import type { SeriesView, StatsView, WebhookView } from "@posthorn/api/views";
import { useSeries, useTroubledStats, useWebhooks } from "../api/webhook-queries.ts";
import { ChartGrid } from "../charts/chart-grid.tsx";
import { AttemptsChart, LatencyChart, EventsInChart } from "../charts/flow-charts.tsx";
import { StoreChart } from "../charts/waiting-charts.tsx";
import { useWindow, WindowSwitch } from "../charts/window-switch.tsx";
import { AllPausedNotice } from "../pause-all/all-paused-notice.tsx";
import { PauseAllButton } from "../pause-all/pause-all-button.tsx";
import { useSession } from "../session/session-context.ts";
import { CurlButton } from "../shared/curl-button.tsx";
import { EmptyState } from "../shared/empty-state.tsx";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { PageHeader } from "../shared/page-header.tsx";
import { AttentionList } from "./attention-list.tsx";
import { findAttention } from "./attention.ts";
import { OverviewTiles } from "./overview-tiles.tsx";

/** How everything stands, and what needs somebody. */
export function OverviewPage() {
  const [window, setWindow] = useWindow();
  const stats = useTroubledStats();
  const series = useSeries(window);
  const webhooks = useWebhooks();
  const isKnown = stats.data !== undefined && webhooks.data !== undefined;
  const error = stats.error ?? series.error ?? webhooks.error;

  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          <>
            <CurlButton call={{ path: "/stats" }} label="Read how everything stands" />
            <PauseAllButton stats={stats.data} />
            <WindowSwitch value={window} onChange={setWindow} />
          </>
        }
      />
      {error !== null && <ErrorNotice error={error} onRetry={() => void stats.refetch()} />}
      <AllPausedNotice stats={stats.data} />
      <OverviewTiles stats={stats.data} series={series.data} />
      <Attention stats={stats.data} webhooks={webhooks.data} />
      {/* Below the list, whose length is not known before. */}
      {isKnown && stats.data?.totals.webhooks !== 0 && <Charts view={series.data} />}
      {stats.data !== undefined && (
        <Text c="dimmed" size="sm">
          Redis {stats.data.redis.version}: {stats.data.redis.durability}.
        </Text>
      )}
    </>
  );
}

function Attention({
  stats,
  webhooks,
}: {
  readonly stats: StatsView | undefined;
  readonly webhooks: readonly WebhookView[] | undefined;
}) {
  const { can } = useSession();
  if (stats === undefined || webhooks === undefined) return <Skeleton h={74} radius="md" />;
  if (stats.totals.webhooks > 0) {
    return <AttentionList items={findAttention(stats.webhooks, webhooks)} webhooks={stats.totals.webhooks} />;
  }
  return (
    <EmptyState
      title="No webhook yet"
      icon={<IconWebhook />}
      actions={
        can("webhooks/modify") && (
          <Button component={Link} to="/webhooks/new" leftSection={<IconPlus size={16} aria-hidden />}>
            New webhook
          </Button>
        )
      }
    >
      A webhook names the URL that gets events, and the types it wants. What comes in and goes out is then seen here.
    </EmptyState>
  );
}

/** Charts are drawn anew when they have new values, not with each figure above them. */
const Charts = memo(function Charts({ view }: { readonly view: SeriesView | undefined }) {
  if (view?.total === null) {
    return (
      <Text c="dimmed">
        This key is bound to a subaccount. What passes over time is shown for each webhook on its own page.
      </Text>
    );
  }
  const total = view?.total;
  return (
    <ChartGrid>
      <EventsInChart view={view} flow={total} />
      <AttemptsChart view={view} flow={total} />
      <LatencyChart view={view} flow={total} />
      <StoreChart view={view} total={total} />
    </ChartGrid>
  );
});
