import { useState } from "react";
import { Radio, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { WebhookStatsView } from "@posthorn/api/views";
import { ConfirmDialog } from "../shared/confirm-dialog.tsx";
import { CurlButton } from "../shared/curl-button.tsx";
import { waitingCounts, waitingWords } from "./waiting-counts.ts";
import { deleteCall, useDeleteWebhook } from "./webhook-actions.ts";

export interface DeleteDialogProps {
  readonly webhook: { readonly id: string; readonly name: string };
  readonly stats: WebhookStatsView | undefined;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

/** Asks what is to become of what waits before a webhook goes. */
export function DeleteDialog({ webhook, stats, opened, onClose, onDeleted }: DeleteDialogProps) {
  const [isDrained, setDrained] = useState(false);
  const deletion = useDeleteWebhook(webhook.id);
  const waiting = stats === undefined ? undefined : waitingWords(waitingCounts(stats));

  const close = (): void => {
    deletion.reset();
    setDrained(false);
    onClose();
  };
  const confirm = (): void =>
    deletion.mutate(
      { isDrained },
      {
        onSuccess: () => {
          notifications.show({ message: `${webhook.name} was deleted.` });
          close();
          onDeleted?.();
        },
      },
    );

  return (
    <ConfirmDialog
      opened={opened}
      onClose={close}
      title={`Delete ${webhook.name}?`}
      confirmLabel="Delete"
      onConfirm={confirm}
      isPending={deletion.isPending}
      error={deletion.error}
      aside={<CurlButton call={deleteCall(webhook.id, isDrained)} label="Delete this webhook" />}
    >
      <Stack gap="md">
        <Text>It gets no further events. This cannot be taken back.</Text>
        {waiting === undefined ? (
          <Text c="dimmed">
            {stats === undefined ? "Whether something waits is not known." : "Nothing waits for it."}
          </Text>
        ) : (
          <Radio.Group
            label={`${waiting}.`}
            description="What should become of that?"
            value={isDrained ? "drain" : "drop"}
            onChange={(value) => setDrained(value === "drain")}
          >
            <Stack gap="xs" mt="sm">
              <Radio value="drop" label="Delete it too" description="These events are lost for this target." />
              <Radio
                value="drain"
                label="Still deliver it"
                description="It is tried by the usual rules until it is delivered or expires; then the webhook is gone."
              />
            </Stack>
          </Radio.Group>
        )}
      </Stack>
    </ConfirmDialog>
  );
}
