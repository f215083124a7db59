import { useState } from "react";
import { Button, Text } from "@mantine/core";
import { IconRefresh, IconTrash } from "@tabler/icons-react";
import type { WebhookStatsView, WebhookView } from "@posthorn/api/views";
import { ConfirmDialog } from "../shared/confirm-dialog.tsx";
import { CurlButton } from "../shared/curl-button.tsx";
import { counted } from "../shared/format-number.ts";
import type { Situation } from "./situation.ts";
import { waitingCounts } from "./waiting-counts.ts";
import { useWebhookAction, webhookActionCall } from "./webhook-actions.ts";

export interface AllWaitingButtonsProps {
  readonly webhook: WebhookView;
  readonly situation: Situation;
  readonly stats: WebhookStatsView | undefined;
}

/** Retries or discards all that waits. They keep their place when they can do nothing, so that nobody hits another one. */
export function AllWaitingButtons({ webhook, situation, stats }: AllWaitingButtonsProps) {
  const [isDiscarding, setDiscarding] = useState(false);
  const action = useWebhookAction(webhook.id);
  const waiting = stats === undefined ? undefined : waitingCounts(stats);
  const hasWaiting = waiting !== undefined && waiting.batches > 0;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconRefresh size={16} aria-hidden />}
        disabled={!hasWaiting || !situation.isTried}
        loading={action.isPending && action.variables === "retry"}
        onClick={() => action.mutate("retry")}
      >
        Retry all
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconTrash size={16} aria-hidden />}
        disabled={!hasWaiting}
        onClick={() => setDiscarding(true)}
      >
        Discard all
      </Button>
      <ConfirmDialog
        opened={isDiscarding}
        onClose={() => setDiscarding(false)}
        title="Discard all that waits?"
        confirmLabel="Discard"
        isPending={action.isPending}
        onConfirm={() => action.mutate("discard", { onSettled: () => setDiscarding(false) })}
        aside={<CurlButton call={webhookActionCall(webhook.id, "discard")} label="Discard all that waits" />}
      >
        <Text>
          {counted(waiting?.batches ?? 0, "waiting batch", "waiting batches")} will not be delivered to this target,
          paused ones included; {counted(waiting?.events ?? 0, "event")} {waiting?.events === 1 ? "is" : "are"} not
          delivered yet. What is in flight, and what is still being collected, stays. This cannot be taken back.
        </Text>
      </ConfirmDialog>
    </>
  );
}
