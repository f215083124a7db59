import { Drawer, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { BatchView, WebhookView } from "@posthorn/api/views";
import { webhookPath } from "../api/webhook-queries.ts";
import { useSession } from "../session/session-context.ts";
import { CopyButton } from "../shared/copy-button.tsx";
import { CurlMenu } from "../shared/curl-menu.tsx";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { Fact, FactList } from "../shared/fact-list.tsx";
import { bytes, count } from "../shared/format-number.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { AttemptList } from "./attempt-list.tsx";
import { BatchButtons } from "./batch-buttons.tsx";
import { AttemptCount, StateBadge } from "./batch-parts.tsx";
import { useBatch } from "./batch-queries.ts";
import { stateMeaning } from "./batch-state.ts";
import { NextAttempt } from "./batch-time.tsx";
import type { Situation } from "./situation.ts";
import { batchActionCall } from "./webhook-actions.ts";

export interface BatchDrawerProps {
  readonly webhook: WebhookView;
  readonly situation: Situation;
  /** `null` while none is looked at. */
  readonly batch: string | null;
  readonly onClose: () => void;
}

/** One batch with its attempts, beside the page. */
export function BatchDrawer({ webhook, situation, batch, onClose }: BatchDrawerProps) {
  return (
    <Drawer
      opened={batch !== null}
      onClose={onClose}
      size="min(44rem, 100%)"
      title={batch === null ? "" : `Batch ${batch.slice(0, 8)}`}
    >
      {batch !== null && <BatchDetails key={batch} webhook={webhook} situation={situation} id={batch} />}
    </Drawer>
  );
}

interface BatchDetailsProps extends Pick<BatchDrawerProps, "webhook" | "situation"> {
  readonly id: string;
}

function BatchDetails({ webhook, situation, id }: BatchDetailsProps) {
  const { data: batch, error, refetch } = useBatch(webhook.id, id);
  const { can } = useSession();
  return (
    <Stack gap="md">
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {batch === undefined ? (
        error === null && <Skeleton h={160} />
      ) : (
        <>
          <Group justify="space-between">
            <Group gap="xs">
              <StateBadge batch={batch} />
              <Text c="dimmed" size="sm">
                {stateMeaning(batch)}
              </Text>
            </Group>
            <Commands webhook={webhook.id} batch={id} />
          </Group>
          <BatchFacts batch={batch} isFailing={situation.isFailing} />
          {can("webhooks/modify") && <BatchButtons webhook={webhook} situation={situation} batch={batch} />}
        </>
      )}
      <Title order={3}>Attempts</Title>
      <AttemptList webhook={webhook.id} batch={id} state={batch?.state} />
    </Stack>
  );
}

function BatchFacts({ batch, isFailing }: { readonly batch: BatchView; readonly isFailing: boolean }) {
  return (
    <Stack gap="sm">
      <FactList>
        <Fact label="Id (X-MessageSystems-Batch-ID)">
          <Group gap={4} wrap="nowrap">
            <Text span ff="monospace" size="xs" className="ph-break">
              {batch.id}
            </Text>
            <CopyButton text={batch.id} label="Copy the batch's id" />
          </Group>
        </Fact>
      </FactList>
      <FactList isShort>
        <Fact label="Events">{count(batch.events)}</Fact>
        <Fact label="Size of the body">{bytes(batch.body_bytes)}</Fact>
        <Fact label="Attempts">
          <AttemptCount batch={batch} />
        </Fact>
        {batch.ended_at === null ? (
          <Fact label="Next try">
            <NextAttempt batch={batch} isFailing={isFailing} />
          </Fact>
        ) : (
          <Fact label="Ended">
            <RelativeTime at={batch.ended_at} />
          </Fact>
        )}
        <Fact label="Begun">
          <RelativeTime at={batch.created_at} />
        </Fact>
        <Fact label="Closed">
          <RelativeTime at={batch.sealed_at} never="still open" />
        </Fact>
        {batch.ended_at === null && (
          <Fact label="Given up">
            <RelativeTime at={batch.expires_at} never="its clock does not run" />
          </Fact>
        )}
      </FactList>
    </Stack>
  );
}

function Commands({ webhook, batch }: { readonly webhook: string; readonly batch: string }) {
  return (
    <CurlMenu
      about="this batch"
      commands={[
        { label: "Read this batch", call: { path: webhookPath(webhook, `/batches/${batch}`) } },
        { label: "List its attempts", call: { path: webhookPath(webhook, `/batches/${batch}/attempts`) } },
        { label: "Try it now", call: batchActionCall(webhook, batch, "retry") },
        { label: "Pause it", call: batchActionCall(webhook, batch, "pause") },
        { label: "Resume it", call: batchActionCall(webhook, batch, "resume") },
        { label: "Discard it", call: batchActionCall(webhook, batch, "discard") },
      ]}
    />
  );
}
