import { useMemo, useState } from "react";
import { Button, Skeleton, Stack } from "@mantine/core";
import { IconFilterOff, IconPlus, IconWebhook } from "@tabler/icons-react";
import { Link, useSearchParams } from "react-router";
import type { SeriesView, StatsView } from "@posthorn/api/views";
import { useEventTypeCount } from "../catalogue/catalogue-queries.ts";
import { useAllStats, useSeries, useStats, useWebhooks } from "../api/webhook-queries.ts";
import { AllPausedNotice } from "../pause-all/all-paused-notice.tsx";
import { useSession } from "../session/session-context.ts";
import { CurlButton } from "../shared/curl-button.tsx";
import { EmptyState } from "../shared/empty-state.tsx";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { PageHeader } from "../shared/page-header.tsx";
import { useNow } from "../shared/ticking-clock.ts";
import { useNarrow } from "../shared/use-narrow.ts";
import { latestStats, NOTHING_HEARD } from "./latest-stats.ts";
import { ListFilters } from "./list-filters.tsx";
import { ListPaging } from "./list-paging.tsx";
import { readListQuery, WHOLE_LIST, writeListQuery } from "./list-query.ts";
import type { ListQuery } from "./list-query.ts";
import { countByStatus, selectRows } from "./select-rows.ts";
import { WebhookCards } from "./webhook-cards.tsx";
import { webhookRows } from "./webhook-row.ts";
import type { WebhookRow } from "./webhook-row.ts";
import { WebhooksTable } from "./webhooks-table.tsx";

/** What the table and the cards show alike. */
export interface ListViewProps {
  readonly rows: readonly WebhookRow[];
  readonly series: SeriesView | undefined;
  /** How many types there are. */
  readonly eventTypes: number | undefined;
  readonly canModify: boolean;
}

export function WebhooksPage() {
  const { can } = useSession();
  const canModify = can("webhooks/modify");
  const webhooks = useWebhooks();
  const stats = useAllStats();
  const error = webhooks.error ?? stats.error;
  const isEmpty = webhooks.data?.length === 0;
  const newWebhook = (
    <Button component={Link} to="/webhooks/new" leftSection={<IconPlus size={16} aria-hidden />}>
      New webhook
    </Button>
  );

  return (
    <>
      <PageHeader
        title="Webhooks"
        description="The URLs that get events, and how each of them takes them."
        actions={
          <>
            <CurlButton call={{ path: "/webhooks" }} label="List all webhooks" />
            {canModify && !isEmpty && newWebhook}
          </>
        }
      />
      {error !== null && (
        <ErrorNotice error={error} onRetry={() => void Promise.all([webhooks.refetch(), stats.refetch()])} />
      )}
      {isEmpty && <AllPausedNotice stats={stats.data} />}
      {isEmpty && (
        <EmptyState title="No webhook yet" icon={<IconWebhook />} actions={canModify && newWebhook}>
          {canModify
            ? "Register the URL that should get events, and choose which. It is tested with one POST before it is kept."
            : "Somebody whose key may change webhooks can register one; it will be shown here."}
        </EmptyState>
      )}
      {webhooks.data === undefined && error === null && <ListSkeleton />}
      {webhooks.data !== undefined && !isEmpty && (
        <WebhookList webhooks={webhooks.data} stats={stats.data} canModify={canModify} isBroken={error !== null} />
      )}
    </>
  );
}

function WebhookList({
  webhooks,
  stats,
  canModify,
  isBroken,
}: {
  readonly webhooks: Parameters<typeof webhookRows>[0];
  readonly stats: StatsView | undefined;
  readonly canModify: boolean;
  /** Something failed, and that is said already. */
  readonly isBroken: boolean;
}) {
  const [params, setParams] = useSearchParams();
  const query = useMemo(() => readListQuery(params), [params]);
  const nowMs = useNow(60_000);
  const [latest, setLatest] = useState(NOTHING_HEARD);
  const rows = useMemo(() => webhookRows(webhooks, latest.byId, nowMs), [webhooks, latest, nowMs]);
  const page = useMemo(() => selectRows(rows, query), [rows, query]);
  // In an order of their own: another order of the same rows asks for nothing else.
  const ids = page.rows.map(({ webhook }) => webhook.id).toSorted();
  const shown = useStats(ids);
  const heard = latestStats(latest, stats, shown);
  if (heard !== latest) setLatest(heard);
  const series = useSeries("1h", ids);
  const eventTypes = useEventTypeCount();
  const isNarrow = useNarrow();

  // The address may be ahead of what is drawn, when one change follows another at once.
  const change = (part: Partial<ListQuery>): void => {
    const asked = readListQuery(new URLSearchParams(window.location.search));
    setParams(writeListQuery({ ...asked, ...part }), { replace: true, preventScrollReset: true });
  };
  const counts = countByStatus(rows, query.search);
  const view = { rows: page.rows, series: series.data, eventTypes, canModify };

  return (
    <Stack gap="md">
      {shown.error !== null && !isBroken && <ErrorNotice error={shown.error} onRetry={() => void shown.refetch()} />}
      <AllPausedNotice stats={shown.data ?? stats} />
      <ListFilters query={query} onChange={change} counts={counts} withSort={isNarrow} />
      {page.found === 0 ? (
        <EmptyState
          title="No webhook is like that"
          icon={<IconFilterOff />}
          actions={
            <Button variant="default" onClick={() => change(WHOLE_LIST)}>
              Show all webhooks
            </Button>
          }
        >
          Search for less, or choose another status.
        </EmptyState>
      ) : isNarrow ? (
        <WebhookCards {...view} />
      ) : (
        <WebhooksTable {...view} query={query} onChange={change} />
      )}
      <ListPaging page={page} query={query} onChange={change} />
    </Stack>
  );
}

function ListSkeleton() {
  return (
    <Stack gap="sm" aria-hidden>
      <Skeleton h={36} maw={420} />
      <Skeleton h={420} radius="md" />
    </Stack>
  );
}
