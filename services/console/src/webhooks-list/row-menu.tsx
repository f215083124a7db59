import { memo, useState } from "react";
import { ActionIcon, Menu } from "@mantine/core";
import { IconDots, IconPencil, IconPlayerPause, IconPlayerPlay, IconSend, IconTrash } from "@tabler/icons-react";
import { Link } from "react-router";
import type { WebhookView } from "@posthorn/api/views";
import { useStats } from "../api/webhook-queries.ts";
import { DeleteDialog } from "../webhook/delete-dialog.tsx";
import { useWebhookAction } from "../webhook/webhook-actions.ts";

export interface RowMenuProps {
  readonly webhook: WebhookView;
  readonly isPaused: boolean;
}

/** What can be done with a webhook without going to its page; only for keys that may change webhooks. */
export const RowMenu = memo(function RowMenu({ webhook, isPaused }: RowMenuProps) {
  const [isDeleting, setDeleting] = useState(false);
  const action = useWebhookAction(webhook.id);
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={200}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${webhook.name}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            component={Link}
            to={`/webhooks/${webhook.id}/test`}
            leftSection={<IconSend size={16} aria-hidden />}
          >
            Test
          </Menu.Item>
          <Menu.Item
            component={Link}
            to={`/webhooks/${webhook.id}/edit`}
            leftSection={<IconPencil size={16} aria-hidden />}
          >
            Edit
          </Menu.Item>
          <Menu.Item
            leftSection={
              isPaused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />
            }
            onClick={() => action.mutate(isPaused ? "resume" : "pause")}
          >
            {isPaused ? "Resume" : "Pause"}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="var(--ph-bad)"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => setDeleting(true)}
          >
            Delete …
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isDeleting && <DeleteNow webhook={webhook} onClose={() => setDeleting(false)} />}
    </>
  );
});

function DeleteNow({ webhook, onClose }: Pick<RowMenuProps, "webhook"> & { readonly onClose: () => void }) {
  const { data } = useStats([webhook.id]);
  const stats = data?.webhooks.find(({ id }) => id === webhook.id);
  return <DeleteDialog webhook={webhook} stats={stats} opened onClose={onClose} />;
}
