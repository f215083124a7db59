import { useState } from "react";
import { Button, Group, Text } from "@mantine/core";
import type { BatchView, WebhookView } from "@posthorn/api/views";
import { ConfirmDialog } from "../shared/confirm-dialog.tsx";
import { CurlButton } from "../shared/curl-button.tsx";
import { counted } from "../shared/format-number.ts";
import { batchOptions } from "./batch-state.ts";
import type { Situation } from "./situation.ts";
import { batchActionCall, useBatchAction } from "./webhook-actions.ts";

export interface BatchButtonsProps {
  readonly webhook: Pick<WebhookView, "id">;
  readonly situation: Situation;
  readonly batch: BatchView;
  /** Which of them there is room for. */
  readonly isShort?: boolean;
}

/** What can be done with one batch as it is now. */
export function BatchButtons({ webhook, situation, batch, isShort = false }: BatchButtonsProps) {
  const [isDiscarding, setDiscarding] = useState(false);
  const action = useBatchAction(webhook.id);
  const options = batchOptions(batch.state, situation);
  const short = batch.id.slice(0, 8);
  const run = (name: "retry" | "pause" | "resume") => (): void => action.mutate({ batch: batch.id, action: name });
  return (
    <Group gap="xs" wrap={isShort ? "nowrap" : "wrap"} justify={isShort ? "flex-end" : "flex-start"}>
      {options.retry && (
        <Button size="compact-sm" variant="default" onClick={run("retry")} aria-label={`Retry batch ${short} now`}>
          Retry now
        </Button>
      )}
      {!isShort && options.pause && (
        <Button size="compact-sm" variant="default" onClick={run("pause")} aria-label={`Pause batch ${short}`}>
          Pause
        </Button>
      )}
      {options.resume && (
        <Button size="compact-sm" variant="default" onClick={run("resume")} aria-label={`Resume batch ${short}`}>
          Resume
        </Button>
      )}
      {options.discard && (
        <Button
          size="compact-sm"
          variant="default"
          c="var(--ph-bad)"
          onClick={() => setDiscarding(true)}
          aria-label={`Discard batch ${short}`}
        >
          Discard
        </Button>
      )}
      {/* A page has one for each of its batches, so none is made ready before it is asked for. */}
      {isDiscarding && (
        <ConfirmDialog
          opened
          onClose={() => setDiscarding(false)}
          title="Discard this batch?"
          confirmLabel="Discard"
          isPending={action.isPending}
          onConfirm={() =>
            action.mutate({ batch: batch.id, action: "discard" }, { onSettled: () => setDiscarding(false) })
          }
          aside={<CurlButton call={batchActionCall(webhook.id, batch.id, "discard")} label="Discard this batch" />}
        >
          <Text>
            Its {counted(batch.events, "event")} will not be delivered to this target. This cannot be taken back.
          </Text>
        </ConfirmDialog>
      )}
    </Group>
  );
}
