import { useState } from "react";
import { Button, Group, NativeSelect, Paper, Skeleton, Text, Title } from "@mantine/core";
import type { WebhookStatsView, WebhookView } from "@posthorn/api/views";
import { ApiError } from "../api/api-error.ts";
import { useSession } from "../session/session-context.ts";
import { EmptyState } from "../shared/empty-state.tsx";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { useSearchParam } from "../shared/use-search-param.ts";
import { useNarrow } from "../shared/use-narrow.ts";
import { AllWaitingButtons } from "./all-waiting-buttons.tsx";
import { BatchCards } from "./batch-cards.tsx";
import { useBatches } from "./batch-queries.ts";
import { stateFilter, STATE_FILTERS } from "./batch-state.ts";
import type { StateFilter } from "./batch-state.ts";
import classes from "./batches.module.css";
import { BatchesTable } from "./batches-table.tsx";
import type { Situation } from "./situation.ts";

export interface BatchesSectionProps {
  readonly webhook: WebhookView;
  readonly stats: WebhookStatsView | undefined;
  readonly situation: Situation;
  readonly onOpen: (batch: string) => void;
}

/** What waits and what is gone, batch by batch. */
export function BatchesSection({ webhook, stats, situation, onOpen }: BatchesSectionProps) {
  const { can } = useSession();
  const [name, setName] = useSearchParam("batches");
  const filter = stateFilter(name);

  return (
    <Paper component="section" className={classes["box"] ?? ""} aria-labelledby="batches">
      <Group justify="space-between" p="md" gap="sm">
        <Title order={2} id="batches">
          Batches
        </Title>
        <Group gap="xs">
          <NativeSelect
            size="xs"
            aria-label="State of the batches"
            value={filter.value}
            onChange={({ currentTarget: { value } }) => setName(value === "all" ? null : value)}
            data={STATE_FILTERS.map(({ value, label }) => ({ value, label }))}
          />
          {can("webhooks/modify") && <AllWaitingButtons webhook={webhook} situation={situation} stats={stats} />}
        </Group>
      </Group>
      <BatchPages
        key={filter.value}
        webhook={webhook}
        filter={filter}
        situation={situation}
        canModify={can("webhooks/modify")}
        onOpen={onOpen}
      />
    </Paper>
  );
}

interface BatchPagesProps {
  readonly webhook: WebhookView;
  readonly filter: StateFilter;
  readonly situation: Situation;
  readonly canModify: boolean;
  readonly onOpen: (batch: string) => void;
}

function BatchPages({ webhook, filter, situation, canModify, onOpen }: BatchPagesProps) {
  /** Where the pages so far began; the first begins nowhere. */
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const isNarrow = useNarrow();
  const { data, error, refetch, isPlaceholderData } = useBatches(webhook.id, {
    filter,
    cursor: cursors.at(-1),
    limit: isNarrow ? 10 : 25,
  });

  if (data === undefined) {
    return error === null ? (
      <Skeleton h={240} m="md" w="auto" />
    ) : (
      <ErrorNotice error={error} onRetry={() => void refetch()} />
    );
  }
  const { results: batches, cursor } = data;
  const next = (): void => {
    if (cursor !== null) setCursors([...cursors, cursor]);
  };
  const View = isNarrow ? BatchCards : BatchesTable;
  return (
    <>
      {/* That nothing is answered at all stands at the head of the page. */}
      {error instanceof ApiError && error.status !== 0 && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {batches.length === 0 ? (
        <NoBatches filter={filter} isFirst={cursors.length === 0} />
      ) : (
        <View webhook={webhook} batches={batches} situation={situation} canModify={canModify} onOpen={onOpen} />
      )}
      {(cursors.length > 0 || cursor !== null) && (
        <Group justify="flex-end" p="sm" gap="sm">
          <Text c="dimmed" size="sm" aria-live="polite">
            Page {cursors.length + 1}
          </Text>
          <Button
            size="xs"
            variant="default"
            disabled={cursors.length === 0}
            onClick={() => setCursors(cursors.slice(0, -1))}
          >
            Previous
          </Button>
          <Button size="xs" variant="default" disabled={cursor === null || isPlaceholderData} onClick={next}>
            Next
          </Button>
        </Group>
      )}
    </>
  );
}

function NoBatches({ filter, isFirst }: { readonly filter: StateFilter; readonly isFirst: boolean }) {
  if (!isFirst) {
    return (
      <Text c="dimmed" p="md">
        No more batches: they have gone their way meanwhile.
      </Text>
    );
  }
  return filter.value === "all" ? (
    <EmptyState title="No batches yet">
      Events that it wants are collected for up to half a minute, and then sent as a batch. Send some with{" "}
      <code>POST /api/v1/events</code>, or try the target with Test.
    </EmptyState>
  ) : (
    <EmptyState title="No such batch">
      {filter.value === "undelivered" ? "Everything is delivered." : "Choose another state to see more."}
    </EmptyState>
  );
}
