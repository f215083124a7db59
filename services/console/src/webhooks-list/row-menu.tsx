import { useState } from "react";
import { ActionIcon, Menu } from "@mantine/core";
import { IconDots, IconPencil, IconPlayerPause, IconPlayerPlay, IconSend, IconTrash } from "@tabler/icons-react";
import { Link } from "react-router";
import { DeleteDialog } from "../webhook/delete-dialog.tsx";
import { useWebhookAction } from "../webhook/webhook-actions.ts";
import type { WebhookRow } from "./webhook-row.ts";

/** What can be done with a webhook without going to its page; only for keys that may change webhooks. */
export function RowMenu({ row: { webhook, stats } }: { readonly row: WebhookRow }) {
  const [isDeleting, setDeleting] = useState(false);
  const action = useWebhookAction(webhook.id);
  const isPaused = stats?.paused ?? webhook.paused;
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
      <DeleteDialog webhook={webhook} stats={stats} opened={isDeleting} onClose={() => setDeleting(false)} />
    </>
  );
}
