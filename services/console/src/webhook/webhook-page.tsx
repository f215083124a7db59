import { memo } from "react";
import { Button, Group, Skeleton, Stack, Title } from "@mantine/core";
import { IconMapPinOff } from "@tabler/icons-react";
import { Link, useParams } from "react-router";
import type { SeriesView, WebhookView } from "@posthorn/api/views";
import { ApiError } from "../api/api-error.ts";
import { useSeries, useStats, useWebhook } from "../api/webhook-queries.ts";
import { ChartGrid } from "../charts/chart-grid.tsx";
import { LatencyChart, SuccessChart, ThroughputChart } from "../charts/flow-charts.tsx";
import { WaitingChart } from "../charts/waiting-charts.tsx";
import { useWindow, WindowSwitch } from "../charts/window-switch.tsx";
import { AllPausedNotice } from "../pause-all/all-paused-notice.tsx";
import { EmptyState } from "../shared/empty-state.tsx";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { PageHeader } from "../shared/page-header.tsx";
import { useNow } from "../shared/ticking-clock.ts";
import { useSearchParam } from "../shared/use-search-param.ts";
import { UNTRIED, webhookStatus } from "../shared/webhook-status.ts";
import { BatchDrawer } from "./batch-drawer.tsx";
import { BatchesSection } from "./batches-section.tsx";
import { situationOf } from "./situation.ts";
import { WebhookFacts } from "./webhook-facts.tsx";
import { WebhookHead } from "./webhook-head.tsx";
import { WebhookNotices } from "./webhook-notices.tsx";
import { WebhookTiles } from "./webhook-tiles.tsx";

export function WebhookPage() {
  const { id = "" } = useParams();
  const { data: webhook, error, refetch } = useWebhook(id);
  const stats = useStats([id]);
  if (error instanceof ApiError && error.status === 404) return <Unknown />;
  // How it stands may put a notice above all else, so the page waits for that too.
  if (webhook !== undefined && !stats.isPending) return <Known key={id} webhook={webhook} error={error} />;
  return (
    <>
      <PageHeader title="Webhook" />
      {error === null ? <PageSkeleton /> : <ErrorNotice error={error} onRetry={() => void refetch()} />}
    </>
  );
}

function Known({ webhook, error }: { readonly webhook: WebhookView; readonly error: Error | null }) {
  const { id } = webhook;
  const [window, setWindow] = useWindow();
  const [batch, setBatch] = useSearchParam("batch", { isStep: true });
  const stats = useStats([id]);
  const series = useSeries(window, [id]);
  const nowMs = useNow(60_000);
  const row = stats.data?.webhooks.find((one) => one.id === id);
  // The page's own definition is as fresh as its figures, so a change shows in both at once.
  const { active, paused } = webhook;
  const status = webhookStatus({ ...(row ?? UNTRIED), active, paused }, nowMs);
  const situation = situationOf(webhook, row, stats.data);
  const failure = error ?? stats.error ?? series.error;

  return (
    <>
      <WebhookHead webhook={webhook} stats={row} status={status} />
      {failure !== null && <ErrorNotice error={failure} onRetry={() => void stats.refetch()} />}
      <AllPausedNotice stats={stats.data} />
      {(stats.data?.paused_since ?? null) === null && <WebhookNotices webhook={webhook} stats={row} />}
      <WebhookTiles id={id} stats={row} view={series.data} />
      <Stack gap="sm" component="section" aria-labelledby="over-time">
        <Group justify="space-between">
          <Title order={2} id="over-time">
            Over time
          </Title>
          <WindowSwitch value={window} onChange={setWindow} />
        </Group>
        <Charts id={id} view={series.data} />
      </Stack>
      <BatchesSection webhook={webhook} stats={row} situation={situation} onOpen={setBatch} />
      <WebhookFacts webhook={webhook} stats={row} />
      <BatchDrawer webhook={webhook} situation={situation} batch={batch} onClose={() => setBatch(null)} />
    </>
  );
}

interface ChartsProps {
  readonly id: string;
  readonly view: SeriesView | undefined;
}

/** Charts are drawn anew when they have new values, not with each figure above them. */
const Charts = memo(function Charts({ id, view }: ChartsProps) {
  const series = view?.webhooks[id];
  return (
    <ChartGrid>
      <ThroughputChart view={view} flow={series} />
      <SuccessChart view={view} flow={series} />
      <LatencyChart view={view} flow={series} />
      <WaitingChart view={view} series={series} />
    </ChartGrid>
  );
});

function Unknown() {
  return (
    <>
      <PageHeader title="Webhook" />
      <EmptyState
        title="There is no such webhook"
        icon={<IconMapPinOff />}
        actions={
          <Button component={Link} to="/webhooks">
            To the webhooks
          </Button>
        }
      >
        It may have been deleted, or your key may be bound to another subaccount.
      </EmptyState>
    </>
  );
}

function PageSkeleton() {
  return (
    <Stack gap="md" aria-hidden>
      <Skeleton h={88} radius="md" />
      <Skeleton h={300} radius="md" />
      <Skeleton h={300} radius="md" />
    </Stack>
  );
}
